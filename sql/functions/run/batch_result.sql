-- What a processing call reports.
--
-- run_id          the run that recorded it; NULL for a plain function call
-- success         false when an account failed in every way there was
-- mode            batch, per_date or shadow; mixed when some accounts were computed in one mode and some in another
-- fell_back       whether the reference had to step in for an account
-- snapshots_saved account snapshots written, changed or removed; 0 when everything already stood as computed
-- dates_processed distinct accounting dates with movements in the range
-- errors          array of {sqlstate, message, detail, hint, account_id, snapshot_date, path, recovered}; path is what
--                 failed, batch or per_date; recovered whether the reference computed the account nevertheless
-- equity_saved    equity snapshots written, changed or removed
-- coverage        of all positions on all days that were valued, private ones at cost apart, how many in a hundred had a
--                 close no older than the look-back; NULL where there were none
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
