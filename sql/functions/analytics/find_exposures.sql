-- Adds up the betas of what accounts held, by signed value, to exposures of the accounts: account_factor.
--
-- exposure_amount is the sum of value × beta, in the base currency; exposure is that as a part of equity. Shorts hedge. The beta of
-- factor Provider is that of the profile; where it says none, or 0, that of Market. R² is the mean of the positions', by their
-- values without sign; observations are the fewest. coverage is the part of the gross value that has a beta.
--
-- Positions without a rate into the base currency are left out; where there are no others, nothing is known.
--
-- returns     findings written; NULL and a reason where nothing is known: no_betas, rate_missing, or why there is no equity
-- relies on   stage_analyses(), find_lines(), find_styles(); factor_beta_pkey
CREATE OR REPLACE FUNCTION rollforward.find_exposures()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- once for each instrument, however many accounts hold it
    PERFORM rollforward.prepare_own_stage('analysis_beta', 'rollforward.analysed_beta');
    INSERT INTO analysis_beta
    SELECT used.*
    FROM (
        SELECT held.calculation_date, held.instrument_id, factor.factor_id,
               rollforward.used_beta(CASE WHEN factor.covers_options OR instrument.kind NOT IN ('option', 'future_option')
                                          THEN coalesce(nullif(profile.beta, 0), found.slope)
                                     END) AS beta,
               CASE WHEN coalesce(profile.beta, 0) = 0 THEN found.r_squared END,
               CASE WHEN coalesce(profile.beta, 0) = 0 THEN found.observations END
        FROM (SELECT DISTINCT position.calculation_date, position.instrument_id FROM analysis_position AS position) AS held
        JOIN rollforward_data.instrument USING (instrument_id)
        CROSS JOIN (
            SELECT factor.*, coalesce(market.factor_id, factor.factor_id) AS estimate_id
            FROM rollforward_data.factor
            LEFT JOIN rollforward_data.factor AS market
                ON factor.method = 'provider'
               AND market.name = 'Market'
        ) AS factor
        LEFT JOIN rollforward_data.factor_beta AS found
            ON found.calculation_date = held.calculation_date
           AND found.instrument_id = held.instrument_id
           AND found.factor_id = factor.estimate_id
           AND instrument.kind <> 'private'  -- which it may have become since
        LEFT JOIN rollforward_data.instrument_profile AS profile
            ON profile.instrument_id = held.instrument_id
           AND factor.method = 'provider'
    ) AS used
    WHERE used.beta IS NOT NULL;
    ANALYZE analysis_beta;

    PERFORM rollforward.prepare_own_stage('finding_account_factor', 'rollforward_data.account_factor');
    INSERT INTO finding_account_factor
    WITH held AS MATERIALIZED (
        SELECT position.account_id, position.calculation_date, position.instrument_id,
               position.value::double precision AS value, abs(position.value)::double precision AS size
        FROM analysis_position AS position
    ),
    whole AS (
        SELECT held.account_id, held.calculation_date, sum(held.size) AS size
        FROM held
        GROUP BY held.account_id, held.calculation_date
    ),
    added AS (
        SELECT held.account_id, held.calculation_date, known.factor_id,
               sum(held.value * known.beta) AS amount,
               sum(held.size * known.r_squared)
                   / nullif(sum(held.size) FILTER (WHERE known.r_squared IS NOT NULL), 0) AS r_squared,
               min(known.observations) AS observations,
               sum(held.size) AS size
        FROM held
        JOIN analysis_beta AS known USING (calculation_date, instrument_id)
        GROUP BY held.account_id, held.calculation_date, known.factor_id
    )
    SELECT analysis.account_id, analysis.calculation_date, factor.factor_id, exposed.amount,
           CASE WHEN analysis.reason IS NULL THEN exposed.amount / analysis.equity END,
           added.r_squared, added.observations, coalesce(added.size, 0) / nullif(whole.size, 0),
           CASE WHEN exposed.amount IS NOT NULL THEN analysis.reason
                WHEN analysis.positions = 0 THEN 'rate_missing'
                ELSE 'no_betas'
           END
    FROM analysis_case AS analysis
    CROSS JOIN rollforward_data.factor
    LEFT JOIN whole USING (account_id, calculation_date)
    LEFT JOIN added USING (account_id, calculation_date, factor_id)
    -- who holds nothing is exposed to nothing
    CROSS JOIN LATERAL (
        SELECT CASE WHEN analysis.positions = 0 AND analysis.unvalued = 0 THEN 0 ELSE added.amount END AS amount
    ) AS exposed;
    RETURN rollforward.store_findings('account_factor', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_exposures IS 'Adds up the betas of what accounts held to exposures of the accounts';
