-- A row of analysis_level: the close of an instrument, and the return on it.
--
-- level        in the units of the first day that is staged: splits since then do not show
-- since_date   the day of the close before; NULL for the first one
-- simple       level / level before - 1
CREATE TYPE rollforward.analysed_level AS (
    instrument_id bigint,
    on_date date,
    level double precision,
    since_date date,
    simple double precision
);

COMMENT ON TYPE rollforward.analysed_level IS 'A row of analysis_level: the close of an instrument, and the return on it';
