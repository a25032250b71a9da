-- Turns the marks of shared facts into marks of the accounts they concern, and removes them.
--
-- Every calculation begins with it. A mark that another session resolves at the same time is resolved by both, and
-- removed by one: nobody waits, and nothing is missed.
--
-- Positions that another session has computed but not committed cannot be seen. While any transaction is at work, accounts
-- that were stale when it began, and those that securities travel to, are therefore marked whatever they hold.
CREATE OR REPLACE FUNCTION rollforward.resolve_marks()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen bigint[];
BEGIN
    SELECT array_agg(mark_id) INTO seen FROM rollforward_data.shared_mark;
    IF seen IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    WITH at_work AS MATERIALIZED (
        SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS running (transaction_id)
        WHERE running.transaction_id <> pg_current_xact_id()
        LIMIT 1
    ),
    concerned AS (
        SELECT waiting.account_id, waiting.from_date
        FROM rollforward.waiting_mark AS waiting
        WHERE waiting.mark_id = ANY (seen)
        UNION ALL
        SELECT suspect.account_id, earliest.from_date
        FROM at_work
        CROSS JOIN (SELECT min(mark.from_date) AS from_date FROM rollforward_data.shared_mark AS mark WHERE mark.mark_id = ANY (seen))
            AS earliest
        CROSS JOIN LATERAL (
            SELECT mark.account_id FROM rollforward_data.stale_mark AS mark
            UNION
            SELECT movement.account_id FROM rollforward_data.movement
            WHERE movement.kind IN ('securities_in', 'securities_out')
        ) AS suspect
    )
    SELECT concerned.account_id, min(concerned.from_date)
    FROM concerned
    GROUP BY concerned.account_id;

    DELETE FROM rollforward_data.shared_mark
    WHERE mark_id IN (
        SELECT mark_id FROM rollforward_data.shared_mark WHERE mark_id = ANY (seen) FOR UPDATE SKIP LOCKED);
END
$$;

COMMENT ON FUNCTION rollforward.resolve_marks IS 'Turns the marks of shared facts into marks of the accounts they concern';
