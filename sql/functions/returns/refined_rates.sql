-- The solution in each of many brackets: Newton's method, and bisection where that would leave the bracket or its steps
-- do not shrink by half. All brackets take their next step together.
--
-- lists      the amounts of each series
-- brackets   any number of a series
-- returns    a row per bracket; rate is logarithmic growth
CREATE OR REPLACE FUNCTION rollforward.refined_rates(
    lists rollforward.amount_list[],
    brackets rollforward.rate_bracket[]
)
RETURNS TABLE (series_id bigint, rate double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE list AS MATERIALIZED (
        SELECT given.series_id, given.amounts, given.times,
               -- what the sum of so many amounts leaves uncertain
               1e-16 * (10 + 2 * sqrt(cardinality(given.amounts))) AS tolerance
        FROM unnest(refined_rates.lists) AS given
    ),
    guess AS (
        SELECT bracket.series_id, bracket.side_of_low, bracket.low, bracket.high,
               (bracket.low + bracket.high) / 2 AS rate, bracket.high - bracket.low AS step,
               1 AS attempt, bracket.low = bracket.high AS is_solution
        FROM unnest(refined_rates.brackets) AS bracket
        UNION ALL
        SELECT guess.series_id, guess.side_of_low, narrowed.low, narrowed.high,
               CASE WHEN choice.is_found THEN guess.rate
                    WHEN choice.takes_newton THEN guess.rate + newton.step
                    ELSE (narrowed.low + narrowed.high) / 2 END,
               CASE WHEN choice.takes_newton THEN newton.step ELSE (narrowed.high - narrowed.low) / 2 END,
               guess.attempt + 1,
               choice.is_found
               -- the next step would be its square
               OR choice.takes_newton AND abs(newton.step) < 1e-10
               OR narrowed.high - narrowed.low < 1e-15
               OR guess.attempt = 500
        FROM guess
        JOIN list USING (series_id)
        CROSS JOIN LATERAL rollforward.discounted(list.amounts, list.times, guess.rate) AS point
        CROSS JOIN LATERAL (
            SELECT CASE WHEN sign(point.log_ratio) = guess.side_of_low THEN guess.rate ELSE guess.low END AS low,
                   CASE WHEN sign(point.log_ratio) = guess.side_of_low THEN guess.high ELSE guess.rate END AS high
        ) AS narrowed
        CROSS JOIN LATERAL (
            SELECT point.log_ratio / nullif(point.received_at - point.paid_at, 0) AS step
        ) AS newton
        CROSS JOIN LATERAL (
            SELECT abs(point.log_ratio) <= list.tolerance AS is_found,
                   coalesce(abs(newton.step) < abs(guess.step) / 2
                            AND guess.rate + newton.step > narrowed.low
                            AND guess.rate + newton.step < narrowed.high, false) AS takes_newton
        ) AS choice
        WHERE NOT guess.is_solution
    )
    SELECT guess.series_id, guess.rate
    FROM guess
    WHERE guess.is_solution;
END;

COMMENT ON FUNCTION rollforward.refined_rates IS 'The solution in each of many brackets of rates';
