-- How a list of amounts stands at one rate.
--
-- log_growth    the rate: the logarithm of what one unit becomes from the first amount to the last
-- log_ratio     the logarithm of received / paid, both discounted; 0 at a rate that solves the list
-- received_at   the average time, weighted by discounted amounts, at which money is received
-- paid_at       the same of what is paid. The slope of log_ratio is paid_at - received_at
CREATE TYPE rollforward.rate_point AS (
    log_growth double precision,
    log_ratio double precision,
    received_at double precision,
    paid_at double precision
);

COMMENT ON TYPE rollforward.rate_point IS 'How a list of amounts stands at one rate';
