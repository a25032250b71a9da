-- Legs of transfers that are certain to have another leg, in another account of the same person, which lots did not
-- travel to, all or in part.
--
-- Certain are legs with an external_id that a leg the other way has too: their units differ, or what arrives is dated
-- before what left. And two legs of the same instrument, currency, side and quantity, none of which has found its other leg,
-- that are at most 10 days apart: one has an external_id and the other none or another one, or they have none and are of
-- different days. A leg without any such counterpart is a transfer from or to somewhere else, and not listed.
--
-- account_ids   whose legs
-- returns       a row per leg; travelled: how many of its units have found their other leg; other_legs: movement_ids
-- relies on     movement_transfer_of_account_idx, movement_transfer_idx
CREATE OR REPLACE FUNCTION rollforward.unmatched_transfer(account_ids bigint[])
RETURNS TABLE (account_id bigint, movement_id bigint, quantity numeric, travelled numeric, other_legs bigint[])
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH concerned AS MATERIALIZED (
        SELECT DISTINCT movement.instrument_id
        FROM rollforward_data.movement
        WHERE movement.kind IN ('securities_in', 'securities_out')
          AND (unmatched_transfer.account_ids IS NULL OR movement.account_id = ANY (unmatched_transfer.account_ids))
    ),
    travelled AS (
        SELECT leg.account_id, leg.movement_id, sum(stretch.left_until - stretch.left_from) AS units
        FROM rollforward.transfer_stretches(ARRAY(SELECT concerned.instrument_id FROM concerned)) AS stretch
        CROSS JOIN LATERAL (VALUES
            (stretch.from_account_id, stretch.left_by),
            (stretch.to_account_id, stretch.arrived_by)
        ) AS leg (account_id, movement_id)
        GROUP BY leg.account_id, leg.movement_id
    ),
    leg AS MATERIALIZED (
        SELECT movement.account_id, movement.movement_id, movement.kind, movement.accounting_date, movement.external_id,
               CASE movement.kind WHEN 'securities_in' THEN 'securities_out' ELSE 'securities_in' END::rollforward_data.movement_kind
                   AS other_kind,
               movement.quantity::numeric AS quantity, coalesce(travelled.units, 0) AS travelled,
               coalesce(account.person_id, 0) AS person_id, movement.instrument_id, movement.currency,
               coalesce(movement.side, 'long') AS side
        FROM rollforward_data.movement
        JOIN concerned USING (instrument_id)
        JOIN rollforward_data.account USING (account_id)
        LEFT JOIN travelled
            ON travelled.account_id = movement.account_id
           AND travelled.movement_id = movement.movement_id
        WHERE movement.kind IN ('securities_in', 'securities_out')
    ),
    pair AS (
        SELECT leg.account_id, leg.movement_id, leg.quantity, leg.travelled, other.movement_id AS other_leg
        FROM leg
        JOIN leg AS other USING (person_id, instrument_id, currency, side, external_id)
        WHERE leg.travelled < leg.quantity
          AND other.kind = leg.other_kind
          AND other.account_id <> leg.account_id
        UNION
        SELECT leg.account_id, leg.movement_id, leg.quantity, leg.travelled, other.movement_id
        FROM leg
        JOIN leg AS other USING (person_id, instrument_id, currency, side, quantity)
        WHERE leg.travelled = 0
          AND other.travelled = 0
          AND other.kind = leg.other_kind
          AND other.account_id <> leg.account_id
          AND abs(other.accounting_date - leg.accounting_date) <= 10
    )
    SELECT pair.account_id, pair.movement_id, pair.quantity, pair.travelled,
           array_agg(pair.other_leg ORDER BY pair.other_leg)
    FROM pair
    WHERE unmatched_transfer.account_ids IS NULL OR pair.account_id = ANY (unmatched_transfer.account_ids)
    GROUP BY pair.account_id, pair.movement_id, pair.quantity, pair.travelled;
END;

COMMENT ON FUNCTION rollforward.unmatched_transfer IS 'Legs of transfers that have another leg which lots did not travel to';
