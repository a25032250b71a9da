-- Writes staged accounts: those that are not stored are inserted, those that are become what is staged.
--
-- In one pass, in the order in which everybody writes accounts, so that nobody waits in a circle: who looked first which are
-- there, and locked those, would meet others who came between.
--
-- errors   those of the table; 23505 too where another account than the one that was called has one of its keys
-- locks    the rows, in the order of number
CREATE OR REPLACE FUNCTION rollforward.upsert_account_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- who is called by account_id may be given another number
    WITH renamed AS (
        SELECT known.account_id, known.version
        FROM rollforward_data.account AS known
        JOIN batch_account AS staged USING (account_id)
        WHERE known.number <> staged.number
          AND staged.status IS NULL
        ORDER BY known.number
        FOR UPDATE OF known
    )
    UPDATE batch_account AS staged
    SET stored_version = renamed.version, status = 'updated'
    FROM renamed
    WHERE renamed.account_id = staged.account_id;

    UPDATE rollforward_data.account AS known
    SET number = staged.number, person_id = staged.person_id, broker_id = staged.broker_id,
        base_currency = staged.base_currency, calendar = staged.calendar, costs_in_lot = coalesce(staged.costs_in_lot, true),
        premium_in_cost = coalesce(staged.premium_in_cost, false)
    FROM batch_account AS staged
    WHERE staged.status = 'updated'
      AND known.account_id = staged.account_id;

    WITH written AS (
        INSERT INTO rollforward_data.account AS known (
            number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost,
            log_id, recorded_at)
        SELECT staged.number, staged.base_currency,
               coalesce(staged.account_id, nextval('rollforward_data.account_account_id_seq')), staged.person_id,
               staged.broker_id, staged.calendar, coalesce(staged.costs_in_lot, true),
               coalesce(staged.premium_in_cost, false),
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM batch_account AS staged
        WHERE staged.status IS NULL
        ORDER BY staged.number
        ON CONFLICT (number) DO UPDATE
        SET number = excluded.number, person_id = excluded.person_id, broker_id = excluded.broker_id,
            base_currency = excluded.base_currency, calendar = excluded.calendar, costs_in_lot = excluded.costs_in_lot,
            premium_in_cost = excluded.premium_in_cost
        WHERE (known.number, known.person_id, known.broker_id, known.base_currency, known.calendar, known.costs_in_lot,
               known.premium_in_cost)
              IS DISTINCT FROM (
                  excluded.number, excluded.person_id, excluded.broker_id, excluded.base_currency, excluded.calendar,
                  excluded.costs_in_lot, excluded.premium_in_cost)
        RETURNING known.number, known.version,
                  known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    UPDATE batch_account AS staged
    SET stored_version = written.version,
        status = CASE WHEN written.is_new THEN 'inserted' ELSE 'updated' END
    FROM written
    WHERE written.number = staged.number;

    UPDATE batch_account AS staged
    SET stored_version = known.version,
        status = 'unchanged'
    FROM rollforward_data.account AS known
    WHERE staged.status IS NULL
      AND known.number = staged.number;

    IF EXISTS (
        SELECT FROM batch_account AS staged
        JOIN rollforward_data.account AS known USING (number)
        WHERE known.account_id <> staged.account_id)
    THEN
        RAISE EXCEPTION 'one account is called, and another one has its number'
            USING ERRCODE = '23505';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.upsert_account_stage IS 'Writes staged accounts: inserts them, or makes the stored ones what is staged';
