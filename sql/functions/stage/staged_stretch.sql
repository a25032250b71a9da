-- A row of stage_stretch: what was held, over stretches of trading days.
--
-- filled by   stage_stretches
CREATE TYPE rollforward.staged_stretch AS (
    account_id bigint,
    calendar text COLLATE "C",
    currency text COLLATE "C",
    instrument_id bigint,
    from_no integer,
    to_no integer,
    long_quantity numeric,
    short_quantity numeric,
    long_cost numeric,
    short_cost numeric,
    multiplier numeric,
    expiration date,
    is_private boolean,
    is_quoted boolean,       -- closes of the instrument are in the currency of the position
    is_split boolean         -- closes may have to be adjusted
);

COMMENT ON TYPE rollforward.staged_stretch IS 'A row of stage_stretch: what was held, over stretches of trading days';
