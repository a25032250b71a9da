-- All rates within a range that solve lists of amounts, in brackets.
--
-- The range is cut until it is certain of each part whether a solution is in it. The average times at which money is
-- received and paid fall as the rate rises, so those at the ends of a part bound the slope of log_ratio within it: a
-- slope that keeps its sign allows one solution at most, and a value that it cannot bring to 0 allows none. In a part
-- narrower than 2 x 10^-6 that is still uncertain received and paid touch without crossing: a solution, where the slope
-- is 0.
--
-- widest    rates from -widest to widest are searched
-- returns   a bracket per solution; one at the common end of two parts may be in both
CREATE OR REPLACE FUNCTION rollforward.rate_brackets(lists rollforward.amount_list[], widest double precision)
RETURNS SETOF rollforward.rate_bracket
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE list AS MATERIALIZED (
        SELECT given.series_id, given.amounts, given.times FROM unnest(rate_brackets.lists) AS given
    ),
    part AS (
        SELECT list.series_id,
               low.log_growth AS low, low.log_ratio AS ratio_at_low,
               low.received_at AS received_at_low, low.paid_at AS paid_at_low,
               high.log_growth AS high, high.log_ratio AS ratio_at_high,
               high.received_at AS received_at_high, high.paid_at AS paid_at_high,
               rollforward.rate_verdict(
                   high.log_growth - low.log_growth, low.log_ratio, high.log_ratio,
                   high.paid_at - low.received_at, low.paid_at - high.received_at) AS verdict
        FROM list
        CROSS JOIN LATERAL rollforward.discounted(list.amounts, list.times, -rate_brackets.widest) AS low
        CROSS JOIN LATERAL rollforward.discounted(list.amounts, list.times, rate_brackets.widest) AS high
        UNION ALL
        SELECT part.series_id,
               half.low, half.ratio_at_low, half.received_at_low, half.paid_at_low,
               half.high, half.ratio_at_high, half.received_at_high, half.paid_at_high,
               rollforward.rate_verdict(
                   half.high - half.low, half.ratio_at_low, half.ratio_at_high,
                   half.paid_at_high - half.received_at_low, half.paid_at_low - half.received_at_high)
        FROM part
        JOIN list USING (series_id)
        CROSS JOIN LATERAL rollforward.discounted(
            list.amounts, list.times, rollforward.rate_cut(part.low, part.high)) AS cut
        CROSS JOIN LATERAL (VALUES
            (part.low, part.ratio_at_low, part.received_at_low, part.paid_at_low,
             cut.log_growth, cut.log_ratio, cut.received_at, cut.paid_at),
            (cut.log_growth, cut.log_ratio, cut.received_at, cut.paid_at,
             part.high, part.ratio_at_high, part.received_at_high, part.paid_at_high)
        ) AS half (low, ratio_at_low, received_at_low, paid_at_low, high, ratio_at_high, received_at_high, paid_at_high)
        WHERE part.verdict = 'uncertain'
    ),
    crossing AS (
        SELECT part.series_id,
               CASE WHEN part.ratio_at_high = 0 THEN part.high ELSE part.low END AS low,
               CASE WHEN part.ratio_at_low = 0 AND part.ratio_at_high <> 0 THEN part.low ELSE part.high END AS high,
               sign(part.ratio_at_low) AS side_of_low
        FROM part
        WHERE part.verdict = 'crosses'
    ),
    sloped AS (
        SELECT part.series_id, part.low, part.high - part.low AS width,
               part.paid_at_low - part.received_at_low AS slope_at_low,
               part.paid_at_high - part.received_at_high AS slope_at_high
        FROM part
        WHERE part.verdict = 'touches'
    ),
    touching AS (
        SELECT sloped.series_id,
               sloped.low + sloped.width * sloped.slope_at_low / (sloped.slope_at_low - sloped.slope_at_high) AS rate
        FROM sloped
        WHERE sign(sloped.slope_at_low) <> sign(sloped.slope_at_high)
    )
    SELECT crossing.series_id, crossing.low, crossing.high, crossing.side_of_low FROM crossing
    UNION ALL
    SELECT touching.series_id, touching.rate, touching.rate, 0 FROM touching;
END;

COMMENT ON FUNCTION rollforward.rate_brackets IS 'All rates within a range that solve lists of amounts, in brackets';
