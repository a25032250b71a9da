-- Stages the equity of the staged accounts, from what is stored of their cash and positions: stage_equity_snapshot.
--
-- Each account begins behind the last row that stands before its day, so that there is never a hole.
CREATE OR REPLACE FUNCTION rollforward.stage_equity(end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days date[];
BEGIN
    PERFORM rollforward.stage_valuations(end_date);
    days := rollforward.stage_days();
    PERFORM rollforward.stage_stretches();
    PERFORM rollforward.stage_closes();
    PERFORM rollforward.stage_worth(days);
    PERFORM rollforward.stage_transferred();
    PERFORM rollforward.stage_rates();
    PERFORM rollforward.stage_equity_snapshots(days);
END
$$;

COMMENT ON FUNCTION rollforward.stage_equity IS 'Stages the equity of the staged accounts';
