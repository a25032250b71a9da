-- A row of stage_position: positions that may change, numbered.
--
-- filled by   stage_positions
CREATE TYPE rollforward.staged_position AS (
    position_no integer,
    account_id bigint,
    instrument_id bigint,
    currency text COLLATE "C",
    from_date date,
    is_option boolean,
    is_quoted boolean,       -- closes of the instrument are in the currency of the position
    multiplier numeric,
    expiration date
);

COMMENT ON TYPE rollforward.staged_position IS 'A row of stage_position: positions that may change, numbered';
