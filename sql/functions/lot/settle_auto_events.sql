-- Turns the events of one level that take the position as they find it into parts.
--
-- A purchase closes what is short, then opens long; a sale closes what is long, then opens short; an expiration
-- without a side closes what is long, then what is short. What is open before each event:
--
-- * where all events of a position are such purchases and sales, the two sides are the positive and the negative
--   part of one running sum;
-- * where they mix with events that name their side, a true recurrence: one ordered pass by open_units().
--
-- The units of such a trade lie on one axis, those that close first: a closing part is a stretch of it, and what
-- opens takes the cash that is left.
CREATE OR REPLACE FUNCTION rollforward.settle_auto_events(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO stage_part
    WITH candidate AS (
        SELECT event.node_no, event.ordinal, event.kind, event.effect, event.part_side, event.quantity, event.net,
               event.movement_id, event.account_id, event.accounting_date
        FROM stage_event AS event
        JOIN stage_node AS node USING (node_no)
        WHERE node.level = settle_auto_events.level
          AND NOT node.by_rank
          AND event.effect IS NOT NULL
    ),
    opening AS (
        SELECT node_no,
               coalesce(sum(quantity) FILTER (WHERE side = 'long'), 0) AS long_units,
               coalesce(sum(quantity) FILTER (WHERE side = 'short'), 0) AS short_units
        FROM stage_lot
        GROUP BY node_no
    ),
    taken AS (
        SELECT candidate.node_no,
               coalesce(opening.long_units, 0) AS long_units,
               coalesce(opening.short_units, 0) AS short_units,
               bool_and(candidate.part_side IS NULL AND candidate.kind IN ('buy', 'sell'))
                   AND (coalesce(opening.long_units, 0) = 0 OR coalesce(opening.short_units, 0) = 0) AS one_sum
        FROM candidate
        LEFT JOIN opening USING (node_no)
        GROUP BY candidate.node_no, opening.long_units, opening.short_units
        HAVING bool_or(candidate.part_side IS NULL)
    ),
    summed AS (
        SELECT candidate.ordinal,
               taken.long_units - taken.short_units
                   + rollforward.total(
                         CASE candidate.kind WHEN 'buy' THEN candidate.quantity ELSE -candidate.quantity END) OVER position
                   - CASE candidate.kind WHEN 'buy' THEN candidate.quantity ELSE -candidate.quantity END AS units
        FROM candidate
        JOIN taken USING (node_no)
        WHERE taken.one_sum
        WINDOW position AS (PARTITION BY candidate.node_no ORDER BY candidate.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    stepped AS (
        SELECT candidate.ordinal,
               rollforward.open_units(
                   taken.long_units, taken.short_units, candidate.kind, candidate.effect, candidate.part_side,
                   candidate.quantity::numeric) OVER position AS units_after,
               candidate.node_no
        FROM candidate
        JOIN taken USING (node_no)
        WHERE NOT taken.one_sum
        WINDOW position AS (PARTITION BY candidate.node_no ORDER BY candidate.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    open_before AS (
        SELECT ordinal, greatest(units, 0) AS long_units, greatest(-units, 0) AS short_units
        FROM summed
        UNION ALL
        SELECT stepped.ordinal,
               coalesce(lag(stepped.units_after[1]) OVER position, taken.long_units),
               coalesce(lag(stepped.units_after[2]) OVER position, taken.short_units)
        FROM stepped
        JOIN taken USING (node_no)
        WINDOW position AS (PARTITION BY stepped.node_no ORDER BY stepped.ordinal)
    ),
    settled AS (
        SELECT candidate.*,
               CASE WHEN candidate.kind = 'buy' THEN 0 ELSE least(candidate.quantity, open_before.long_units) END AS closes_long,
               CASE candidate.kind
                   WHEN 'buy' THEN least(candidate.quantity, open_before.short_units)
                   WHEN 'sell' THEN 0
                   ELSE candidate.quantity - least(candidate.quantity, open_before.long_units)
               END AS closes_short
        FROM candidate
        JOIN open_before USING (ordinal)
        WHERE candidate.part_side IS NULL
    )
    SELECT settled.node_no * 2 + part.on_short,
           1,
           settled.ordinal, settled.movement_id, settled.accounting_date,
           CASE WHEN part.opens THEN part.units ELSE 0 END,
           CASE WHEN part.opens THEN 0 ELSE part.units END,
           CASE WHEN part.opens = (part.on_short = 1) THEN 1 ELSE -1 END
               * (settled.net
                  - CASE WHEN part.opens
                         THEN rollforward.allocated(settled.net, part.units_before, settled.quantity)
                         ELSE 0
                    END),
           false,
           settled.movement_id, settled.account_id, settled.accounting_date,
           CASE WHEN part.opens THEN 0 ELSE part.units_before END,
           CASE WHEN part.opens THEN part.units ELSE settled.quantity END
    FROM settled
    CROSS JOIN LATERAL (VALUES
        (0, false, settled.closes_long, 0),
        (1, false, settled.closes_short, settled.closes_long),
        ((settled.kind = 'sell')::integer, true,
         settled.quantity - settled.closes_long - settled.closes_short, settled.closes_long + settled.closes_short)
    ) AS part (on_short, opens, units, units_before)
    WHERE part.units > 0
      AND (settled.kind IN ('buy', 'sell') OR NOT part.opens);
END
$$;

COMMENT ON FUNCTION rollforward.settle_auto_events IS 'Turns events that take the position as they find it into parts';
