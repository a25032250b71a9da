-- A row of analysis_beta: how an instrument moves with a factor, as it is used.
--
-- beta   never NULL; r_squared and observations are, where a provider says the beta
CREATE TYPE rollforward.analysed_beta AS (
    calculation_date date,
    instrument_id bigint,
    factor_id integer,
    beta double precision,
    r_squared double precision,
    observations integer
);

COMMENT ON TYPE rollforward.analysed_beta IS 'A row of analysis_beta: how an instrument moves with a factor';
