-- Ties of transfers between accounts: lots arrive as they left, in units and in cost.
CREATE OR REPLACE FUNCTION rollforward.tie_transfers(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT arrival.account_id, figure.identity,
           jsonb_build_object('movement_id', arrival.movement_id, 'opened_by', arrival.opened_by),
           figure.expected, figure.actual
    FROM rollforward.differing_arrivals(ARRAY(
        SELECT DISTINCT movement.instrument_id
        FROM rollforward_data.movement
        WHERE movement.kind = 'securities_in'
          AND (tie_transfers.account_ids IS NULL OR movement.account_id = ANY (tie_transfers.account_ids))
    )) AS arrival
    JOIN rollforward.settled_account AS settled
        ON settled.account_id = arrival.account_id
       AND arrival.accounting_date <= settled.settled_until
    CROSS JOIN LATERAL (VALUES
        ('units arrive as they left', coalesce(arrival.sent_quantity, 0), coalesce(arrival.received_quantity, 0)),
        ('cost arrives as it left', coalesce(arrival.sent_cost, 0), coalesce(arrival.received_cost, 0))
    ) AS figure (identity, expected, actual)
    WHERE figure.expected <> figure.actual
      AND (tie_transfers.account_ids IS NULL OR arrival.account_id = ANY (tie_transfers.account_ids));
END;

COMMENT ON FUNCTION rollforward.tie_transfers IS 'Transfers between accounts whose lots did not arrive as they left';
