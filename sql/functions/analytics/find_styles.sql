-- Finds what explains the staged subjects by all styles at once, in a ridge regression with alpha 1: factor_beta.
--
-- Returns of the styles are those between days on which all of them have a close; of the subject, those count that end on the
-- same day. R² is that of the whole regression.
--
-- The styles stand side by side in a row per day, so that all their covariances come from one pass over the returns; how many
-- there are is data, and so the list of covariances is written for them: for those that have closes in the window, which are the same
-- on all days but when one begins or ends.
CREATE OR REPLACE FUNCTION rollforward.find_styles()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days date[];
    styles integer[];
    proxies bigint[];
    window_days integer;
    minimum_returns integer;
    covariances text;
    response_covariances text;
    means text;
BEGIN
    PERFORM rollforward.prepare_own_stage('finding_factor_beta', 'rollforward_data.factor_beta');
    FOR styles, proxies, window_days, minimum_returns, days IN
        SELECT known.styles, known.proxies, known.window_days, known.minimum_returns, array_agg(known.calculation_date)
        FROM (
            SELECT day.calculation_date,
                   array_agg(factor.factor_id ORDER BY factor.factor_id) AS styles,
                   array_agg(instrument.instrument_id ORDER BY factor.factor_id) AS proxies,
                   max(factor.window_days) AS window_days, max(factor.minimum_returns) AS minimum_returns
            FROM (SELECT DISTINCT subject.calculation_date FROM analysis_subject AS subject) AS day
            CROSS JOIN rollforward_data.factor
            JOIN rollforward_data.instrument USING (symbol)
            WHERE factor.method = 'style'
              AND EXISTS (SELECT FROM analysis_level AS level
                          WHERE level.instrument_id = instrument.instrument_id
                            AND level.on_date BETWEEN day.calculation_date - factor.window_days AND day.calculation_date)
            GROUP BY day.calculation_date
        ) AS known
        GROUP BY known.styles, known.proxies, known.window_days, known.minimum_returns
    LOOP
        -- aggregates of the same two arguments are made in one, so what is asked of a single one is asked with the subject
        SELECT string_agg(CASE WHEN one = other
                               THEN format('regr_sxx(own.simple, style.moves[%s]) / nullif(count(style.on_date), 0)', one)
                               ELSE format('covar_pop(style.moves[%s], style.moves[%s])', least(one, other), greatest(one, other))
                          END, ', ' ORDER BY one, other)
        INTO covariances
        FROM generate_series(1, cardinality(styles)) AS one
        CROSS JOIN generate_series(1, cardinality(styles)) AS other;
        SELECT string_agg(format('covar_pop(own.simple, style.moves[%s])', one), ', ' ORDER BY one),
               string_agg(format('regr_avgx(own.simple, style.moves[%s])', one), ', ' ORDER BY one)
        INTO response_covariances, means
        FROM generate_series(1, cardinality(styles)) AS one;

        EXECUTE format(
            $q$
            INSERT INTO finding_factor_beta
            WITH level AS (
                SELECT proxy.on_date, place.place,
                       proxy.level / lag(proxy.level) OVER (PARTITION BY place.place ORDER BY proxy.on_date) - 1 AS move,
                       lag(proxy.on_date) OVER (PARTITION BY place.place ORDER BY proxy.on_date) AS since_date
                FROM unnest($2) WITH ORDINALITY AS place (instrument_id, place)
                JOIN analysis_level AS proxy USING (instrument_id)
                WHERE proxy.on_date IN (
                    SELECT common.on_date FROM analysis_level AS common
                    WHERE common.instrument_id = ANY ($2)
                    GROUP BY common.on_date
                    HAVING count(DISTINCT common.instrument_id) = (SELECT count(DISTINCT each) FROM unnest($2) AS each))
            ),
            style AS (
                SELECT level.on_date, level.since_date, array_agg(level.move ORDER BY level.place) AS moves
                FROM level
                WHERE level.since_date IS NOT NULL
                GROUP BY level.on_date, level.since_date
            ),
            moments AS (
                SELECT subject.calculation_date, subject.instrument_id,
                       count(style.on_date) AS observations,
                       regr_syy(own.simple, style.moves[1]) / nullif(count(style.on_date), 0) AS variance,
                       regr_avgy(own.simple, style.moves[1]) AS mean,
                       ARRAY[%1$s] AS covariances,
                       ARRAY[%2$s] AS own_covariances,
                       ARRAY[%3$s] AS means
                FROM analysis_subject AS subject
                LEFT JOIN (analysis_level AS own JOIN style ON style.on_date = own.on_date)
                    ON own.instrument_id = subject.instrument_id
                   AND own.on_date <= subject.calculation_date
                   AND least(own.since_date, style.since_date) >= subject.calculation_date - $3
                   AND own.since_date IS NOT NULL
                WHERE subject.is_explained
                  AND subject.calculation_date = ANY ($5)
                GROUP BY subject.calculation_date, subject.instrument_id
            ),
            judged AS (
                SELECT moments.*,
                       CASE WHEN moments.observations < $4 THEN 'too_few_observations'
                            WHEN rollforward.never_moves(moments.variance * moments.observations) THEN 'constant_prices'
                       END AS reason
                FROM moments
            ),
            fitted AS MATERIALIZED (
                SELECT judged.calculation_date, judged.instrument_id, judged.observations, judged.reason,
                       CASE WHEN judged.reason IS NULL
                            THEN rollforward.regressed(judged.observations, judged.covariances, judged.own_covariances,
                                                       judged.variance, judged.means, judged.mean, 1)
                       END AS found
                FROM judged
            )
            SELECT fitted.calculation_date, fitted.instrument_id, style.factor_id, style.slope, (fitted.found).intercept,
                   (fitted.found).r_squared, NULL, fitted.observations,
                   coalesce(fitted.reason, CASE WHEN style.slope IS NULL THEN 'constant_factor' END)
            FROM fitted
            CROSS JOIN LATERAL unnest($1, (fitted.found).slopes) AS style (factor_id, slope)
            $q$,
            covariances, response_covariances, means)
        USING styles, proxies, window_days, minimum_returns, days;
    END LOOP;
    PERFORM rollforward.forget_betas('{style}');
    RETURN rollforward.store_findings('factor_beta', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_styles IS 'Finds what explains instruments by all styles at once';
