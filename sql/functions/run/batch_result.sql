-- What a processing call reports.
--
-- run_id          the run that recorded it; NULL for a plain function call
-- snapshots_saved account snapshots written, changed or removed; 0 when everything already stood as computed
-- dates_processed distinct accounting dates with movements in the range
-- equity_saved    equity snapshots written, changed or removed
-- coverage        of all positions on all days that were valued, private ones at cost apart, how many in a hundred had a
--                 close no older than the look-back; NULL where there were none
-- errors          array of {sqlstate, message, detail, hint, account_id, snapshot_date}
CREATE TYPE rollforward.batch_result AS (
    run_id bigint,
    success boolean,
    mode text,
    fell_back boolean,
    snapshots_saved bigint,
    dates_processed bigint,
    movements_processed bigint,
    load_ms numeric,
    calculation_ms numeric,
    persistence_ms numeric,
    total_ms numeric,
    errors jsonb,
    equity_saved bigint,
    coverage numeric
);

COMMENT ON TYPE rollforward.batch_result IS 'Outcome of a processing call: counts, timings, errors';
