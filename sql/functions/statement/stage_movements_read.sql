-- Stages the movements of the statement that was read, for the repository to save: batch_movement, each with its line as ordinal.
--
-- A movement is known by the digest of what was printed and by its occurrence among equal rows of the same file:
-- saving a file again adds nothing, and equal rows of one file stay distinct. The price is not part of the digest: it
-- follows from the amount, by a multiplier that may be corrected later. Those that are stored, or were deleted by
-- delete_movement_batch, have the status skipped.
--
-- is_new       the account is, and knows no movement
-- relies on    movement_natural_key, deleted_movement_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_movements_read(account_id bigint, is_new boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    staged bigint;
BEGIN
    PERFORM rollforward.prepare_batch('movement');
    INSERT INTO batch_movement (
        ordinal, account_id, occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id,
        quantity, price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity,
        lot_ref, external_id, description, natural_key)
    SELECT reading.line, stage_movements_read.account_id, reading.occurred_at, reading.accounting_date, reading.kind,
           reading.effect, reading.side, reading.currency, instrument.instrument_id, successor.instrument_id, reading.quantity,
           coalesce(reading.price, CASE
               WHEN reading.kind IN ('buy', 'sell') AND reading.quantity > 0
               THEN round(abs(worth.amount) / (reading.quantity * coalesce(instrument.multiplier, 1)), 12)
           END),
           worth.amount, reading.commission, reading.fee, reading.tax, reading.commission_currency, reading.counter_amount,
           reading.counter_currency, reading.per_quantity, reading.lot_ref, reading.external_id, reading.description,
           substr(sha256(convert_to(coalesce(reading.identity, ROW(
               reading.kind, reading.effect, reading.side, extract(epoch FROM reading.occurred_at), reading.symbol,
               reading.to_symbol, reading.currency, trim_scale(reading.quantity), trim_scale(worth.amount),
               trim_scale(reading.commission), trim_scale(reading.fee), trim_scale(reading.tax), reading.commission_currency,
               trim_scale(reading.counter_amount), reading.counter_currency, trim_scale(reading.per_quantity),
               reading.lot_ref, reading.external_id, reading.description)::text), 'UTF8')), 1, 16)
    FROM batch_statement AS reading
    LEFT JOIN rollforward_data.instrument ON instrument.symbol = reading.symbol
    LEFT JOIN rollforward_data.instrument AS successor ON successor.symbol = reading.to_symbol
    CROSS JOIN LATERAL (
        SELECT coalesce(reading.amount,
                        round(reading.quantity * reading.price * coalesce(instrument.multiplier, 1), 8)
                            * CASE reading.kind WHEN 'buy' THEN -1 ELSE 1 END) AS amount
    ) AS worth
    WHERE reading.kind IS NOT NULL;
    GET DIAGNOSTICS staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.batch_movement', staged);

    WITH repeated AS (
        SELECT same.natural_key, unnest(same.ordinals[2:]) AS ordinal, generate_series(2, cardinality(same.ordinals)) AS occurrence
        FROM (SELECT natural_key, array_agg(ordinal ORDER BY ordinal) AS ordinals
              FROM batch_movement
              WHERE natural_key IN (SELECT natural_key FROM batch_movement GROUP BY natural_key HAVING count(*) > 1)
              GROUP BY natural_key) AS same
    )
    UPDATE batch_movement AS movement
    SET natural_key = substr(sha256(repeated.natural_key || int8send(repeated.occurrence)), 1, 16)
    FROM repeated
    WHERE movement.ordinal = repeated.ordinal;

    IF NOT is_new THEN
        UPDATE batch_movement AS movement
        SET status = 'skipped'
        FROM rollforward_data.movement AS known
        WHERE known.account_id = stage_movements_read.account_id
          AND known.natural_key = movement.natural_key;

        UPDATE batch_movement AS movement
        SET status = 'skipped'
        FROM rollforward_data.deleted_movement AS gone
        WHERE gone.account_id = stage_movements_read.account_id
          AND gone.natural_key = movement.natural_key
          AND movement.status IS NULL;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.stage_movements_read IS 'Stages the movements of the statement that was read, for the repository to save';
