-- What loading one file of market data did. Every row read is saved, corrected, unchanged or rejected.
CREATE TYPE rollforward.market_load_result AS (
    rows_read bigint,
    saved bigint,       -- new
    corrected bigint,   -- known, with other content
    unchanged bigint,   -- known as it is, or a repetition
    rejected bigint,
    rejects jsonb       -- the first hundred offences as {line, column, value, reason}
);

COMMENT ON TYPE rollforward.market_load_result IS 'What loading one file of market data did';
