-- A row of analysis_move: how an instrument moved on a day.
--
-- day_no   of the day in its group, from 0
CREATE TYPE rollforward.analysed_move AS (
    group_id bigint,
    instrument_id bigint,
    day_no integer,
    moved double precision
);

COMMENT ON TYPE rollforward.analysed_move IS 'A row of analysis_move: how an instrument moved on a day';
