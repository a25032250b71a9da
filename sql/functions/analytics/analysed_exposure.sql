-- A row of analysis_exposure: what an account is exposed to a factor with that scenarios shock.
CREATE TYPE rollforward.analysed_exposure AS (
    account_id bigint,
    calculation_date date,
    factor_id integer,
    amount double precision
);

COMMENT ON TYPE rollforward.analysed_exposure IS 'A row of analysis_exposure: what an account is exposed to a factor with';
