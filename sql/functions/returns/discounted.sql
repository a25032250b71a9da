-- What is received against what is paid, both discounted, and when on average each happens.
--
-- A rate solves a list of amounts where the logarithm of received / paid is 0. As a function of the rate this is far
-- straighter than the net present value: its slope is the difference of the two average times, so it lies between -1
-- and 1, and for one payment and one receipt it is a straight line.
--
-- amounts      received positive, paid negative; both occur
-- times        of the amounts, from 0 to 1
-- log_growth   the rate
-- returns      one row
CREATE OR REPLACE FUNCTION rollforward.discounted(
    amounts double precision[],
    times double precision[],
    log_growth double precision
)
RETURNS SETOF rollforward.rate_point
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH flow AS (
        -- unnest() in the select list goes through no tuple store: twice as fast
        SELECT unnest(discounted.amounts) AS amount, unnest(discounted.times) AS at
    ),
    present AS (
        SELECT flow.amount * exp(-discounted.log_growth * flow.at) AS amount, flow.at
        FROM flow
        OFFSET 0  -- each amount is discounted once, not in every sum
    ),
    total AS (
        SELECT sum(present.amount) FILTER (WHERE present.amount > 0) AS received,
               sum(present.amount * present.at) FILTER (WHERE present.amount > 0) AS received_by_time,
               sum(present.amount) FILTER (WHERE present.amount < 0) AS paid,
               sum(present.amount * present.at) FILTER (WHERE present.amount < 0) AS paid_by_time
        FROM present
    )
    SELECT discounted.log_growth, ln(total.received / -total.paid),
           total.received_by_time / total.received, total.paid_by_time / total.paid
    FROM total;
END;

COMMENT ON FUNCTION rollforward.discounted IS
    'What is received against what is paid, both discounted, and when on average each happens';
