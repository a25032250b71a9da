-- A row of analysis_wanted and analysis_scope: an account that is to be analysed as of a day.
--
-- slice_no   days are looked at in slices, so that a long range does not become a large stage
CREATE TYPE rollforward.analysed_scope AS (
    account_id bigint,
    calculation_date date,
    slice_no bigint
);

COMMENT ON TYPE rollforward.analysed_scope IS 'A row of analysis_scope: an account that is to be analysed as of a day';
