-- Whether the logarithm of received / paid passes 0 between two rates, judged by its values at both and its slopes.
--
-- width                       of the range of rates
-- ratio_at_low, _at_high      the logarithm at its ends
-- least_slope, most_slope     bounds of its slope in between
-- returns                     crosses: it does, exactly once; nothing: it does not; uncertain; or touches: still
--                             uncertain, but the ends are so close that the value between them is 0 for all purposes
CREATE OR REPLACE FUNCTION rollforward.rate_verdict(
    width double precision,
    ratio_at_low double precision,
    ratio_at_high double precision,
    least_slope double precision,
    most_slope double precision
)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN rate_verdict.least_slope >= 0 OR rate_verdict.most_slope <= 0
    THEN CASE WHEN rate_verdict.ratio_at_low * rate_verdict.ratio_at_high <= 0 THEN 'crosses' ELSE 'nothing' END
    -- the steepest lines from both ends meet before they reach 0
    WHEN rate_verdict.ratio_at_low > 0 AND rate_verdict.ratio_at_high > 0
     AND rate_verdict.ratio_at_low * rate_verdict.most_slope - rate_verdict.ratio_at_high * rate_verdict.least_slope
         > -rate_verdict.least_slope * rate_verdict.most_slope * rate_verdict.width
    THEN 'nothing'
    WHEN rate_verdict.ratio_at_low < 0 AND rate_verdict.ratio_at_high < 0
     AND rate_verdict.ratio_at_low * rate_verdict.least_slope - rate_verdict.ratio_at_high * rate_verdict.most_slope
         > -rate_verdict.least_slope * rate_verdict.most_slope * rate_verdict.width
    THEN 'nothing'
    WHEN rate_verdict.width > 2e-6 THEN 'uncertain'
    WHEN rate_verdict.ratio_at_low * rate_verdict.ratio_at_high <= 0 THEN 'crosses'
    ELSE 'touches'
END;

COMMENT ON FUNCTION rollforward.rate_verdict IS 'Whether the logarithm of received / paid passes 0 between two rates';
