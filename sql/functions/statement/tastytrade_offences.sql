-- What cannot be read or booked in the Tastytrade rows staged by this transaction; no row means all can.
--
-- returns   line of the file, column as its header names it, the value as printed, and a reason code:
--           unknown_row_kind, not_supported_yet (assignments, exercises, splits and the like),
--           not_a_time, not_a_date, not_a_number, not_positive, wrong_sign, missing, not_a_name, unknown_currency, unpaired
CREATE OR REPLACE FUNCTION rollforward.tastytrade_offences()
RETURNS TABLE (line integer, "column" text, value text, reason text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT reading.line, offence."column", offence.value, offence.reason
    FROM rollforward.tastytrade_reading AS reading
    LEFT JOIN rollforward.tastytrade_adjustment AS adjustment
        ON reading.kind = 'strike_adjustment'
       AND reading.line IN (adjustment.debit_line, adjustment.credit_line)
    CROSS JOIN LATERAL (VALUES
        ('Type',
         concat_ws(' / ', (reading.printed).type, nullif((reading.printed).sub_type, ''),
                   nullif((reading.printed).instrument_type, ''), nullif((reading.printed).action, '')),
         CASE WHEN (reading.printed).sub_type ~* '(assign|exercise|split|symbol change|merger|spin|name change)'
                   OR (reading.printed).instrument_type IN ('Future', 'Cryptocurrency', 'Bond')
              THEN 'not_supported_yet' ELSE 'unknown_row_kind' END,
         reading.kind IS NULL),
        ('Date', (reading.printed).date, 'not_a_time', reading.occurred_at IS NULL),
        ('Value', (reading.printed).value, 'not_a_number', reading.value IS NULL),
        ('Value', (reading.printed).value, 'wrong_sign',
         (reading.kind = 'buy' AND reading.value > 0) OR (reading.kind = 'sell' AND reading.value < 0)),
        ('Quantity', (reading.printed).quantity, 'not_a_number', reading.quantity IS NULL),
        ('Quantity', (reading.printed).quantity, 'not_positive', reading.security <> 'cash' AND reading.quantity <= 0),
        ('Average Price', (reading.printed).average_price, 'not_a_number', reading.average_price IS NULL),
        ('Commissions', (reading.printed).commissions, 'not_a_number', reading.commission IS NULL),
        ('Fees', (reading.printed).fees, 'not_a_number', reading.fee IS NULL),
        ('Currency', (reading.printed).currency, 'unknown_currency',
         coalesce(reading.currency !~ '^[A-Z][A-Z0-9]{2,9}$', true)),
        ('Symbol', (reading.printed).symbol, 'missing', reading.security <> 'cash' AND reading.symbol IS NULL),
        ('Multiplier', (reading.printed).multiplier, 'not_positive',
         reading.security = 'option' AND coalesce(reading.multiplier, 0) <= 0),
        ('Expiration Date', (reading.printed).expiration_date, 'not_a_date',
         reading.security = 'option' AND reading.expiration IS NULL),
        ('Strike Price', (reading.printed).strike_price, 'not_positive',
         reading.security = 'option' AND coalesce(reading.strike, 0) <= 0),
        ('Call or Put', (reading.printed).call_or_put, 'missing',
         reading.security = 'option' AND reading.option_right IS NULL),
        ('Order #', (reading.printed).order_number, 'not_a_name',
         coalesce(reading.order_number COLLATE "C" ~ '[[:cntrl:]]', false)),
        ('Value', (reading.printed).value, 'unpaired',
         reading.kind = 'strike_adjustment' AND adjustment.debit_line IS NULL)
    ) AS offence ("column", value, reason, found)
    WHERE offence.found;
END;

COMMENT ON FUNCTION rollforward.tastytrade_offences IS 'What cannot be read or booked in the staged Tastytrade rows';
