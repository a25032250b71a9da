-- What cannot be read in the generic rows staged by this transaction; no row means all can.
--
-- What can be read and does not fit together, such as a purchase without units, import_generic finds when it books.
--
-- account_number   rows that name an account must name this one
-- returns          line of the file, column as its header names it, the value as printed, and a reason code:
--                  other_account, unknown_row_kind, not_supported_yet (splits and strike adjustments: load splits instead),
--                  unknown_effect, not_a_time, not_a_number, missing, negative, unknown_currency
CREATE OR REPLACE FUNCTION rollforward.generic_offences(account_number text)
RETURNS TABLE (line integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT reading.line, offence."column", offence.value, offence.reason
    FROM rollforward.generic_reading AS reading
    CROSS JOIN LATERAL (VALUES
        ('account', (reading.printed).account, 'other_account',
         btrim((reading.printed).account) NOT IN ('', account_number)),
        ('occurred_at', (reading.printed).occurred_at, 'not_a_time', reading.occurred_at IS NULL),
        ('kind', (reading.printed).kind, 'not_supported_yet', reading.kind IN ('split', 'strike_adjustment')),
        ('kind', (reading.printed).kind, 'unknown_row_kind',
         NOT coalesce(reading.kind = ANY (enum_range(NULL::rollforward_data.movement_kind)::text[]), false)),
        ('effect', (reading.printed).effect, 'unknown_effect',
         reading.effect <> ALL (enum_range(NULL::rollforward_data.movement_effect)::text[])),
        ('quantity', (reading.printed).quantity, 'not_a_number',
         reading.quantity IS NULL AND (reading.printed).quantity ~ '\S'),
        ('price', (reading.printed).price, 'not_a_number',
         rollforward.statement_number(btrim((reading.printed).price)) IS NULL),
        ('price', (reading.printed).price, 'negative', reading.price < 0),
        ('amount', (reading.printed).amount, 'not_a_number', reading.amount IS NULL AND (reading.printed).amount ~ '\S'),
        ('amount', (reading.printed).amount, 'missing',
         reading.amount IS NULL AND NOT coalesce((reading.printed).amount ~ '\S', false)),
        ('commission', (reading.printed).commission, 'not_a_number', reading.commission IS NULL),
        ('commission', (reading.printed).commission, 'negative', reading.commission < 0),
        ('fee', (reading.printed).fee, 'not_a_number', reading.fee IS NULL),
        ('fee', (reading.printed).fee, 'negative', reading.fee < 0),
        ('tax', (reading.printed).tax, 'not_a_number', reading.tax IS NULL),
        ('counter_amount', (reading.printed).counter_amount, 'not_a_number',
         reading.counter_amount IS NULL AND (reading.printed).counter_amount ~ '\S'),
        ('currency', (reading.printed).currency, 'unknown_currency',
         coalesce(reading.currency !~ '^[A-Z][A-Z0-9]{2,9}$', true)),
        ('commission_currency', (reading.printed).commission_currency, 'unknown_currency',
         reading.commission_currency !~ '^[A-Z][A-Z0-9]{2,9}$'),
        ('counter_currency', (reading.printed).counter_currency, 'unknown_currency',
         reading.counter_currency !~ '^[A-Z][A-Z0-9]{2,9}$')
    ) AS offence ("column", value, reason, found)
    WHERE offence.found;
END;

COMMENT ON FUNCTION rollforward.generic_offences IS 'What cannot be read in the staged generic rows';
