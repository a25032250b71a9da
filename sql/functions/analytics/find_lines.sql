-- Finds lines through returns of the staged subjects and of factors, by ordinary least squares: factor_beta.
--
-- A factor of one symbol is aligned with the subject: returns are those between days on which both have a close, so that a gap of
-- one is a longer return of both. A spread has returns between days on which both of its symbols have a close; of the subject,
-- those count that end on the same day. Factors without closes in their window have no lines.
CREATE OR REPLACE FUNCTION rollforward.find_lines()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_date CONSTANT date := (SELECT min(subject.calculation_date) FROM analysis_subject AS subject);
BEGIN
    PERFORM rollforward.prepare_own_stage('finding_factor_beta', 'rollforward_data.factor_beta');
    INSERT INTO finding_factor_beta
    WITH proxy AS (
        SELECT factor.factor_id, factor.method, factor.window_days, factor.minimum_returns,
               bought.instrument_id AS bought_id, sold.instrument_id AS sold_id
        FROM rollforward_data.factor
        JOIN rollforward_data.instrument AS bought ON bought.symbol = factor.symbol
        LEFT JOIN rollforward_data.instrument AS sold ON sold.symbol = factor.short_symbol
        WHERE factor.method = 'single'
           OR (factor.method = 'spread' AND sold.instrument_id IS NOT NULL)
    ),
    -- of each day by itself, whatever is known of other days that are staged
    listed AS (
        SELECT day.calculation_date, proxy.*
        FROM (SELECT DISTINCT subject.calculation_date FROM analysis_subject AS subject) AS day
        CROSS JOIN proxy
        WHERE EXISTS (SELECT FROM analysis_level AS bought
                      WHERE bought.instrument_id = proxy.bought_id
                        AND bought.on_date BETWEEN day.calculation_date - proxy.window_days AND day.calculation_date)
          AND (proxy.sold_id IS NULL
               OR EXISTS (SELECT FROM analysis_level AS sold
                          WHERE sold.instrument_id = proxy.sold_id
                            AND sold.on_date BETWEEN day.calculation_date - proxy.window_days AND day.calculation_date))
    ),
    spread AS (
        SELECT proxy.factor_id, proxy.window_days, bought.on_date,
               lag(bought.on_date) OVER in_order AS since_date,
               bought.level / lag(bought.level) OVER in_order - sold.level / lag(sold.level) OVER in_order AS difference
        FROM proxy
        JOIN analysis_level AS bought ON bought.instrument_id = proxy.bought_id
        JOIN analysis_level AS sold
            ON sold.instrument_id = proxy.sold_id
           AND sold.on_date = bought.on_date
        WINDOW in_order AS (PARTITION BY proxy.factor_id ORDER BY bought.on_date)
    ),
    aligned AS (
        SELECT proxy.factor_id, proxy.window_days, own.instrument_id, own.on_date,
               lag(own.on_date) OVER in_order AS since_date,
               own.level / lag(own.level) OVER in_order - 1 AS own_return,
               bought.level / lag(bought.level) OVER in_order - 1 AS factor_return
        FROM proxy
        JOIN analysis_level AS bought ON bought.instrument_id = proxy.bought_id
        JOIN analysis_level AS own ON own.on_date = bought.on_date
        WHERE proxy.method = 'single'
          AND bought.on_date >= first_date - proxy.window_days
        WINDOW in_order AS (PARTITION BY proxy.factor_id, own.instrument_id ORDER BY own.on_date)
        UNION ALL
        SELECT spread.factor_id, spread.window_days, own.instrument_id, own.on_date,
               least(own.since_date, spread.since_date), own.simple, spread.difference
        FROM spread
        JOIN analysis_level AS own ON own.on_date = spread.on_date
        WHERE own.since_date IS NOT NULL
          AND spread.since_date >= first_date - spread.window_days
    ),
    moments AS (
        SELECT subject.calculation_date, aligned.instrument_id, aligned.factor_id,
               regr_count(aligned.own_return, aligned.factor_return) AS observations,
               regr_slope(aligned.own_return, aligned.factor_return) AS slope,
               regr_intercept(aligned.own_return, aligned.factor_return) AS intercept,
               regr_r2(aligned.own_return, aligned.factor_return) AS r_squared,
               regr_sxx(aligned.own_return, aligned.factor_return) AS sxx,
               regr_syy(aligned.own_return, aligned.factor_return) AS syy,
               regr_sxy(aligned.own_return, aligned.factor_return) AS sxy
        FROM analysis_subject AS subject
        JOIN aligned
            ON aligned.instrument_id = subject.instrument_id
           AND aligned.on_date <= subject.calculation_date
           AND aligned.since_date >= subject.calculation_date - aligned.window_days
        WHERE subject.is_explained
        GROUP BY subject.calculation_date, aligned.instrument_id, aligned.factor_id
    ),
    judged AS (
        SELECT subject.calculation_date, subject.instrument_id, listed.factor_id, moments.slope, moments.intercept, moments.r_squared,
               moments.sxx, moments.syy, moments.sxy, coalesce(moments.observations, 0) AS observations,
               CASE WHEN coalesce(moments.observations, 0) < listed.minimum_returns THEN 'too_few_observations'
                    WHEN rollforward.never_moves(moments.syy) THEN 'constant_prices'
                    WHEN rollforward.never_moves(moments.sxx) THEN 'constant_factor'
               END AS reason
        FROM analysis_subject AS subject
        JOIN listed USING (calculation_date)
        LEFT JOIN moments USING (calculation_date, instrument_id, factor_id)
        WHERE subject.is_explained
    )
    SELECT judged.calculation_date, judged.instrument_id, judged.factor_id,
           CASE WHEN judged.reason IS NULL THEN judged.slope END,
           CASE WHEN judged.reason IS NULL THEN judged.intercept END,
           CASE WHEN judged.reason IS NULL THEN judged.r_squared END,
           CASE WHEN judged.reason IS NULL
                -- what is left of a line that fits exactly is rounding
                THEN sqrt(CASE WHEN judged.r_squared > 1 - 1e-13 THEN 0 ELSE judged.syy - judged.sxy ^ 2 / judged.sxx END
                          / (judged.observations - 2) / judged.sxx)
           END,
           judged.observations, judged.reason
    FROM judged;
    PERFORM rollforward.forget_betas('{single,spread}');
    RETURN rollforward.store_findings('factor_beta', true);
END
$$;

COMMENT ON FUNCTION rollforward.find_lines IS 'Finds lines through returns of instruments and of factors';
