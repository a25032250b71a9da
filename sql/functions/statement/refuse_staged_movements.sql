-- Refuses the statement whose movements this transaction has staged, if they cannot be booked as they are; else does nothing.
--
-- Asked when saving them has failed: the constraints of the tables say which rows they mean, as for any batch.
--
-- errors   23R01 naming lines
CREATE OR REPLACE FUNCTION rollforward.refuse_staged_movements()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offending_rows bigint;
    offences jsonb;
BEGIN
    PERFORM rollforward.prepare_batch('movement');
    INSERT INTO batch_movement (
        ordinal, account_id, occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id,
        quantity, price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity,
        lot_ref, external_id, description, natural_key)
    SELECT staged.line, 0, staged.occurred_at, staged.accounting_date, staged.kind, staged.effect, staged.side, staged.currency,
           instrument.instrument_id, successor.instrument_id, staged.quantity, staged.price, staged.amount, staged.commission,
           staged.fee, staged.tax, staged.commission_currency, staged.counter_amount, staged.counter_currency,
           staged.per_quantity, staged.lot_ref, staged.external_id, staged.description, int8send(staged.row_no)
    FROM rollforward_data.movement_stage AS staged
    LEFT JOIN rollforward_data.instrument ON instrument.symbol = staged.symbol
    LEFT JOIN rollforward_data.instrument AS successor ON successor.symbol = staged.to_symbol
    WHERE staged.transaction_id = pg_current_xact_id();

    SELECT count(DISTINCT found.ordinal),
           jsonb_agg(jsonb_build_object(
                   'line', found.ordinal,
                   'column', replace(replace(found.field, 'accounting_date', 'occurred_at'), 'instrument_id', 'symbol'),
                   'value', found.value, 'reason', found.code) ORDER BY found.place)
               FILTER (WHERE found.place <= 100)
    INTO offending_rows, offences
    FROM (SELECT offence.*, row_number() OVER (ORDER BY offence.ordinal) AS place
          FROM rollforward.batch_offences('movement', 'save') AS offence
          -- the account may be a new one
          WHERE offence.field <> 'account_id') AS found;
    IF offending_rows > 0 THEN
        PERFORM rollforward.refuse_statement(
            offending_rows,
            (SELECT count(*) FROM rollforward_data.movement_stage WHERE transaction_id = pg_current_xact_id()),
            offences);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.refuse_staged_movements IS 'Refuses the statement whose movements are staged, if they cannot be booked as they are';
