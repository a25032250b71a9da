-- Finds out what becomes of the staged accounts that are stored already: they are skipped, or updated, or unchanged.
--
-- on_conflict   error: none of them is looked for; the keys of the table refuse them
-- errors        23R01 two rows are one account
-- locks         rows that may be updated, in the order of their keys
CREATE OR REPLACE FUNCTION rollforward.match_account_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF match_account_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM batch_account AS staged
        WHERE staged.account_id IS NOT NULL
        GROUP BY staged.account_id
        HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('account', 'save', match_account_stage.on_conflict);
    END IF;

    IF match_account_stage.on_conflict = 'skip' THEN
        UPDATE batch_account AS staged
        SET stored_version = known.version, status = 'skipped'
        FROM rollforward_data.account AS known
        WHERE known.account_id = staged.account_id;
        RETURN;
    END IF;

    -- one that comes to be behind this statement is not locked, and not changed: inserting it fails, and all begins anew
    WITH locked AS (
        SELECT known.account_id, known.version
        FROM rollforward_data.account AS known
        JOIN batch_account AS staged USING (account_id)
        ORDER BY known.account_id
        FOR NO KEY UPDATE OF known
    )
    UPDATE batch_account AS staged
    SET stored_version = locked.version, status = 'unchanged'
    FROM locked
    WHERE locked.account_id = staged.account_id;

    UPDATE batch_account AS staged
    SET status = 'updated'
    FROM rollforward_data.account AS known
    WHERE staged.status = 'unchanged'
      AND known.account_id = staged.account_id
      AND (known.number, known.person_id, known.broker_id, known.base_currency, known.calendar, known.costs_in_lot,
           known.premium_in_cost)
          IS DISTINCT FROM (
              staged.number, staged.person_id, staged.broker_id, staged.base_currency, staged.calendar,
              coalesce(staged.costs_in_lot, true), coalesce(staged.premium_in_cost, false));
END
$$;

COMMENT ON FUNCTION rollforward.match_account_stage IS 'Finds out what becomes of the staged accounts that are stored already';
