-- A row of analysis_subject: an instrument about which something is to be found out as of a day.
--
-- is_explained   it was held, or is the symbol of a factor: by what its returns are explained
-- is_series      it tells the volatility of what was held
CREATE TYPE rollforward.analysed_subject AS (
    calculation_date date,
    instrument_id bigint,
    is_explained boolean,
    is_series boolean
);

COMMENT ON TYPE rollforward.analysed_subject IS 'A row of analysis_subject: an instrument about which something is to be found out';
