-- What went wrong in runs. What was computed beside it stands.
--
-- path        what failed: batch, per_date, or NULL: the step itself, or an identity that phase ties found broken
-- recovered   whether the account was computed nevertheless
CREATE OR REPLACE VIEW rollforward.run_error AS
SELECT error.error_id, error.run_id, error.step_no, error.account_id, error.snapshot_date, error.path, error.recovered,
       error.sqlstate, error.message, error.detail, error.hint, error.recorded_at
FROM rollforward_data.run_error AS error;

COMMENT ON VIEW rollforward.run_error IS 'What went wrong in runs';
