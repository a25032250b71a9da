-- Computes and stores the equity of the staged accounts, from what is stored of their cash and positions.
--
-- Each account begins behind the last row that stands before its day, so that there is never a hole.
--
-- returns   rows written, changed or removed
CREATE OR REPLACE FUNCTION rollforward.compute_equity(end_date date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    start_date date;
    days date[];
BEGIN
    start_date := rollforward.stage_valuations(end_date);
    days := rollforward.stage_days();
    PERFORM rollforward.stage_stretches();
    PERFORM rollforward.stage_closes();
    PERFORM rollforward.stage_worth(days);
    PERFORM rollforward.stage_transferred();
    PERFORM rollforward.stage_rates();
    PERFORM rollforward.stage_equity_snapshots(days);
    RETURN rollforward.store_equity_snapshots(start_date);
END
$$;

COMMENT ON FUNCTION rollforward.compute_equity IS 'Computes and stores the equity of the staged accounts';
