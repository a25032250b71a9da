-- A row of analysis_class: instruments that have closes on the same days of a window are of one class.
CREATE TYPE rollforward.analysed_class AS (
    calculation_date date,
    instrument_id bigint,
    class bigint,
    days date[]
);

COMMENT ON TYPE rollforward.analysed_class IS 'A row of analysis_class: instruments that have closes on the same days of a window';
