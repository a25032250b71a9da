-- The rates at which lists of amounts are worth nothing: internal rates of return, as logarithmic growth from the first
-- amount to the last.
--
-- Far above 0 the first amount of a list outweighs all others, far below the last one. Where these two have opposite
-- signs there is a solution in between, and one is found at once. It is the only one if what is owed at that rate is
-- always owed by the same side, as in every portfolio that keeps a value. For all other lists the whole range is
-- searched, and of several solutions that nearest to 0 is taken (the higher of two as near).
--
-- log_growth   between -500 and 500
-- solutions    how many there are; those closer together than 10^-5 count as one
-- reason       why there is none: out_of_range (it is beyond 500) or no_solution
CREATE OR REPLACE FUNCTION rollforward.solved_rates(lists rollforward.amount_list[])
RETURNS TABLE (series_id bigint, log_growth double precision, solutions bigint, reason text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH list AS MATERIALIZED (
        SELECT given.series_id, given.amounts, given.times,
               sign(given.amounts[1]) <> sign(given.amounts[cardinality(given.amounts)]) AS opposite
        FROM unnest(solved_rates.lists) AS given
    ),
    first_found AS (
        SELECT refined.series_id, refined.rate
        FROM rollforward.refined_rates(
            solved_rates.lists,
            ARRAY(
                SELECT ROW(list.series_id, -500, 500, sign(list.amounts[cardinality(list.amounts)])
                          )::rollforward.rate_bracket
                FROM list
                WHERE list.opposite)
        ) AS refined
    ),
    only_one AS MATERIALIZED (
        SELECT list.series_id, first_found.rate
        FROM first_found
        JOIN list USING (series_id)
        CROSS JOIN LATERAL rollforward.owes_one_way(list.amounts, list.times, first_found.rate) AS owed
        WHERE owed.one_way
    ),
    doubtful AS MATERIALIZED (
        SELECT ARRAY(
            SELECT ROW(list.series_id, list.amounts, list.times)::rollforward.amount_list
            FROM list
            WHERE NOT EXISTS (SELECT FROM only_one WHERE only_one.series_id = list.series_id)
        ) AS lists
    ),
    searched AS (
        SELECT refined.series_id, refined.rate,
               refined.rate - lag(refined.rate) OVER (PARTITION BY refined.series_id ORDER BY refined.rate) AS distance
        FROM doubtful
        CROSS JOIN LATERAL rollforward.refined_rates(
            doubtful.lists,
            ARRAY(SELECT bracket FROM rollforward.rate_brackets(doubtful.lists, 500) AS bracket)) AS refined
    ),
    nearest AS (
        SELECT searched.series_id,
               (array_agg(searched.rate ORDER BY abs(searched.rate), searched.rate DESC))[1] AS rate,
               count(*) FILTER (WHERE coalesce(searched.distance, 1) > 1e-5) AS solutions
        FROM searched
        GROUP BY searched.series_id
    )
    SELECT list.series_id,
           coalesce(only_one.rate, nearest.rate),
           CASE WHEN only_one.rate IS NOT NULL THEN 1 ELSE coalesce(nearest.solutions, 0) END,
           CASE WHEN only_one.rate IS NULL AND nearest.rate IS NULL
                THEN CASE WHEN list.opposite THEN 'out_of_range' ELSE 'no_solution' END END
    FROM list
    LEFT JOIN only_one USING (series_id)
    LEFT JOIN nearest USING (series_id);
END;

COMMENT ON FUNCTION rollforward.solved_rates IS
    'The rates at which lists of amounts are worth nothing, as logarithmic growth';
