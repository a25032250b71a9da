-- A row of stage_valuation: accounts, and from which trading day to which they are valued.
--
-- filled by   stage_valuations
CREATE TYPE rollforward.staged_valuation AS (
    account_id bigint,
    base_currency text COLLATE "C",
    calendar text COLLATE "C",      -- '' where Monday to Friday count
    from_date date,          -- rows from here on are computed anew
    first_date date,         -- behind the last row that stands, or the first account snapshot
    known_date date,         -- as far as prices go, or the clock
    reach_date date,         -- as far as it is valued when the range has no end
    moved_date date,         -- last account snapshot
    end_date date,           -- of the range
    closing_equity numeric,  -- of the last row that stands
    unrealized numeric,
    cumulative_flow numeric,
    cumulative_pnl numeric,
    has_standing boolean,
    first_no integer,        -- trading days of its calendar
    last_no integer,
    whole_no integer         -- the last, if the range had no end
);

COMMENT ON TYPE rollforward.staged_valuation IS 'A row of stage_valuation: accounts, and from which trading day to which they are valued';
