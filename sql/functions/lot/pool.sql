-- Units and cost of a pool after each of its events, for windows ROWS UNBOUNDED PRECEDING.
--
-- opened, cost   units that come in, and what they cost
-- closed         units that leave, at the average; those that leave nothing behind take all of the cost
-- returns        array of units and cost after the event
CREATE OR REPLACE AGGREGATE rollforward.pool(opened numeric, cost numeric, closed numeric) (
    SFUNC = rollforward.pool_step,
    STYPE = numeric[],
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollforward.pool(numeric, numeric, numeric) IS 'Units and cost of a pool after each of its events';
