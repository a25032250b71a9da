-- Whether what is owed after each amount but the last is always owed by the same side, at a rate that solves the list.
--
-- Then that rate is the only one that does (Teichroew, Robichek, Montalbano: Management Science 11, 1965).
CREATE OR REPLACE FUNCTION rollforward.owes_one_way(
    amounts double precision[],
    times double precision[],
    log_growth double precision
)
RETURNS TABLE (one_way boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH flow AS (
        SELECT unnest(owes_one_way.amounts) AS amount, unnest(owes_one_way.times) AS at
    ),
    owed AS (
        SELECT flow.at,
               sum(flow.amount * exp(-owes_one_way.log_growth * flow.at))
                   OVER (ORDER BY flow.at ROWS UNBOUNDED PRECEDING) AS balance
        FROM flow
    )
    SELECT min(owed.balance) >= 0 OR max(owed.balance) <= 0
    FROM owed
    WHERE owed.at < 1;
END;

COMMENT ON FUNCTION rollforward.owes_one_way IS
    'Whether what is owed after each amount is always owed by the same side';
