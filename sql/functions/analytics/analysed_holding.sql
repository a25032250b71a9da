-- A row of analysis_holding: what an account held on a day, as holdings_as_of() says, and the currency it is wanted in.
CREATE TYPE rollforward.analysed_holding AS (
    account_id bigint,
    calculation_date date,
    instrument_id bigint,
    currency text,
    base_currency text,
    market_value numeric
);

COMMENT ON TYPE rollforward.analysed_holding IS 'A row of analysis_holding: what an account held on a day';
