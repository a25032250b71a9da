-- Turns the marks of shared facts into marks of the accounts and analyses they concern.
--
-- Every calculation begins with it. A mark that another session resolves at the same time is resolved by both, and removed by
-- one: nobody waits, and nothing is missed.
--
-- Positions that another session has computed but not committed cannot be seen. A mark is therefore removed only if no
-- other transaction is at work; else what could be seen is noted with it, and it is looked at once more (waiting_mark) until all
-- that were at work are done. Analyses that another session is writing are not waited for either: what concerns them stays as it is.
CREATE OR REPLACE FUNCTION rollforward.resolve_marks()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen bigint[];
    kept bigint[];
    taken pg_snapshot;
    is_quiet boolean;
BEGIN
    SELECT array_agg(mark_id) INTO seen FROM rollforward_data.shared_mark;
    IF seen IS NULL THEN
        RETURN;
    END IF;
    -- before positions are read, so that what is not in it is not taken for seen
    taken := pg_current_snapshot();
    is_quiet := NOT EXISTS (
        SELECT FROM pg_snapshot_xip(taken) AS running (transaction_id)
        WHERE running.transaction_id IS DISTINCT FROM pg_current_xact_id_if_assigned());

    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT waiting.account_id, min(waiting.from_date)
    FROM rollforward.waiting_mark AS waiting
    WHERE waiting.mark_id = ANY (seen)
    GROUP BY waiting.account_id;

    WITH touched AS MATERIALIZED (
        SELECT touched.mark_id, touched.account_id, touched.calculation_date
        FROM rollforward.touched_analysis AS touched
        JOIN rollforward_data.analysis USING (account_id, calculation_date)
        WHERE touched.mark_id = ANY (seen)
          AND NOT analysis.is_stale
    ),
    reachable AS (
        SELECT analysis.account_id, analysis.calculation_date
        FROM rollforward_data.analysis
        WHERE (analysis.account_id, analysis.calculation_date) IN (SELECT touched.account_id, touched.calculation_date FROM touched)
        FOR NO KEY UPDATE SKIP LOCKED
    ),
    marked AS (
        UPDATE rollforward_data.analysis
        SET is_stale = true
        FROM reachable
        WHERE analysis.account_id = reachable.account_id
          AND analysis.calculation_date = reachable.calculation_date
        RETURNING analysis.account_id, analysis.calculation_date
    )
    SELECT coalesce(array_agg(DISTINCT touched.mark_id), '{}')
    INTO kept
    FROM touched
    LEFT JOIN marked USING (account_id, calculation_date)
    WHERE marked.account_id IS NULL;

    WITH mine AS (
        SELECT mark.mark_id
        FROM rollforward_data.shared_mark AS mark
        WHERE mark.mark_id = ANY (seen)
          AND mark.mark_id <> ALL (kept)
        FOR UPDATE SKIP LOCKED
    ),
    settled AS (
        DELETE FROM rollforward_data.shared_mark AS mark
        USING mine
        WHERE mark.mark_id = mine.mark_id
          AND CASE WHEN mark.resolved_in IS NULL THEN is_quiet
                   ELSE pg_snapshot_xmin(taken) >= pg_snapshot_xmax(mark.resolved_in)
              END
    )
    UPDATE rollforward_data.shared_mark AS mark
    SET resolved_in = taken
    FROM mine
    WHERE mark.mark_id = mine.mark_id
      AND mark.resolved_in IS NULL
      AND NOT is_quiet;
END
$$;

COMMENT ON FUNCTION rollforward.resolve_marks IS 'Turns the marks of shared facts into marks of the accounts they concern';
