-- A row of analysis_pair: two instruments that some account held together, and the days that they meet on.
--
-- common_id   of analysis_common; NULL where one of them has no close
CREATE TYPE rollforward.analysed_pair AS (
    calculation_date date,
    instrument_id bigint,
    other_instrument_id bigint,
    common_id bigint
);

COMMENT ON TYPE rollforward.analysed_pair IS 'A row of analysis_pair: two instruments that some account held together';
