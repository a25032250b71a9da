-- A row of analysis_common: the days on which the instruments of two classes all have a close.
CREATE TYPE rollforward.analysed_common AS (
    common_id bigint,
    low_class bigint,
    high_class bigint,
    days date[]
);

COMMENT ON TYPE rollforward.analysed_common IS 'A row of analysis_common: the days on which the instruments of two classes all have a close';
