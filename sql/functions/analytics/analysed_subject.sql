-- A row of analysis_subject: an instrument about which something is to be found out as of a day.
CREATE TYPE rollforward.analysed_subject AS (
    calculation_date date,
    instrument_id bigint
);

COMMENT ON TYPE rollforward.analysed_subject IS 'A row of analysis_subject: an instrument about which something is to be found out';
