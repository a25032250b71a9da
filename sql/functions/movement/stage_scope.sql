-- Stages which accounts are computed, and from which day on: stage_scope. Takes away the stale marks it has seen.
--
-- An account is computed from the start of the range, or from its earliest stale mark if that is earlier, so that what
-- lies before is always right. With force_recalculation from its first movement.
--
-- returns     the earliest of these days. Steps that read stored rows name it beside the day of each account: the planner
--             knows how little lies behind a given day, not behind one that a join will find
-- relies on   stale_mark_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_scope(
    account_ids bigint[],
    start_date date,
    end_date date,
    force_recalculation boolean
)
RETURNS date
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    WITH seen AS (
        -- exactly these: what is marked from now on is for the next calculation
        DELETE FROM rollforward_data.stale_mark AS mark
        WHERE mark.account_id = ANY (stage_scope.account_ids)
          AND mark.from_date <= stage_scope.end_date
        RETURNING mark.account_id, mark.from_date
    )
    INSERT INTO stage_scope
    SELECT account.account_id,
           account.costs_in_lot,
           account.premium_in_cost,
           CASE WHEN stage_scope.force_recalculation THEN '-infinity'
                ELSE least(stage_scope.start_date, stale.from_date)
           END AS from_date,
           stale.from_date IS NOT NULL AS was_stale
    FROM rollforward_data.account
    LEFT JOIN (
        SELECT seen.account_id, min(seen.from_date) AS from_date
        FROM seen
        GROUP BY seen.account_id
    ) AS stale USING (account_id)
    WHERE account.account_id = ANY (stage_scope.account_ids);
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_scope', rows_staged);
    RETURN (SELECT min(from_date) FROM stage_scope);
END
$$;

COMMENT ON FUNCTION rollforward.stage_scope IS 'Stages which accounts are computed, and from which day on, and takes their stale marks away';
