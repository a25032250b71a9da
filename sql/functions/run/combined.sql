-- The outcome of two processing calls as one: counts and timings are added, the lower coverage counts.
CREATE OR REPLACE FUNCTION rollforward.combined(one rollforward.batch_result, other rollforward.batch_result)
RETURNS rollforward.batch_result
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT one.run_id,
           one.success AND other.success,
           CASE WHEN one.mode <> other.mode THEN 'mixed' ELSE coalesce(one.mode, other.mode) END,
           one.fell_back OR other.fell_back,
           one.snapshots_saved + other.snapshots_saved,
           greatest(one.dates_processed, other.dates_processed),
           one.movements_processed + other.movements_processed,
           one.load_ms + other.load_ms,
           one.calculation_ms + other.calculation_ms,
           one.persistence_ms + other.persistence_ms,
           one.total_ms + other.total_ms,
           one.errors || other.errors,
           coalesce(one.equity_saved, 0) + coalesce(other.equity_saved, 0),
           least(one.coverage, other.coverage);
END;

COMMENT ON FUNCTION rollforward.combined IS 'The outcome of two processing calls as one';
