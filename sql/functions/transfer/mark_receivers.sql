-- Marks accounts that hold other lots than were transferred to them, from the day on which they arrived.
--
-- Called when what left is stored. An account that is stale already is not marked again, unless another session may be computing
-- it: that takes the marks it has seen away, and cannot see what left.
--
-- held        the instruments of the calculation
-- computed    its accounts: they are locked, so nobody else computes them
-- returns     the accounts it marked
-- relies on   movement_transfer_idx
CREATE OR REPLACE FUNCTION rollforward.mark_receivers(held bigint[], computed bigint[])
RETURNS bigint[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    instrument_ids bigint[];
    marked bigint[];
BEGIN
    SELECT array_agg(held.instrument_id)
    INTO instrument_ids
    FROM unnest(held) AS held (instrument_id)
    WHERE EXISTS (
        SELECT FROM rollforward_data.movement
        WHERE movement.instrument_id = held.instrument_id
          AND movement.kind IN ('securities_in', 'securities_out'));

    IF instrument_ids IS NULL THEN
        RETURN '{}';
    END IF;

    WITH differing AS (
        SELECT arrival.account_id, min(arrival.accounting_date) AS from_date,
               arrival.account_id <> ALL (computed)
                   AND bool_or(arrival.from_account_id IS NULL OR arrival.from_account_id = ANY (computed)) AS is_at_risk
        FROM rollforward.differing_arrivals(instrument_ids) AS arrival
        GROUP BY arrival.account_id
    ),
    added AS (
        INSERT INTO rollforward_data.stale_mark (account_id, from_date)
        SELECT differing.account_id, differing.from_date
        FROM differing
        WHERE differing.is_at_risk
           OR NOT EXISTS (
               SELECT FROM rollforward_data.stale_mark AS known
               WHERE known.account_id = differing.account_id
                 AND known.from_date <= differing.from_date)
        RETURNING account_id
    )
    SELECT coalesce(array_agg(account_id), '{}') INTO marked FROM added;

    RETURN marked;
END
$$;

COMMENT ON FUNCTION rollforward.mark_receivers IS 'Marks accounts that hold other lots than were transferred to them';
