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
    WITH candidate AS NOT MATERIALIZED (
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
        SELECT asked.node_no,
               coalesce(opening.long_units, 0) AS long_units,
               coalesce(opening.short_units, 0) AS short_units,
               asked.trades_only AND (coalesce(opening.long_units, 0) = 0 OR coalesce(opening.short_units, 0) = 0) AS one_sum
        FROM (
            SELECT node_no, bool_and(part_side IS NULL AND kind IN ('buy', 'sell')) AS trades_only
            FROM candidate
            GROUP BY node_no
            HAVING bool_or(part_side IS NULL)
        ) AS asked
        LEFT JOIN opening USING (node_no)
    ),
    summed AS (
        SELECT candidate.*,
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
        SELECT candidate.*, taken.long_units, taken.short_units,
               rollforward.open_units(
                   taken.long_units, taken.short_units, candidate.kind, candidate.effect, candidate.part_side,
                   candidate.quantity::numeric) OVER position AS units_after
        FROM candidate
        JOIN taken USING (node_no)
        WHERE NOT taken.one_sum
        WINDOW position AS (PARTITION BY candidate.node_no ORDER BY candidate.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    open_before AS (
        SELECT node_no, ordinal, kind, quantity, net, movement_id, account_id, accounting_date, part_side,
               greatest(units, 0) AS long_units, greatest(-units, 0) AS short_units
        FROM summed
        UNION ALL
        SELECT node_no, ordinal, kind, quantity, net, movement_id, account_id, accounting_date, part_side,
               coalesce(lag(units_after[1]) OVER position, long_units), coalesce(lag(units_after[2]) OVER position, short_units)
        FROM stepped
        WINDOW position AS (PARTITION BY node_no ORDER BY ordinal)
    ),
    settled AS (
        SELECT open_before.*,
               CASE WHEN open_before.kind = 'buy' THEN 0 ELSE least(open_before.quantity, open_before.long_units) END AS closes_long,
               CASE open_before.kind
                   WHEN 'buy' THEN least(open_before.quantity, open_before.short_units)
                   WHEN 'sell' THEN 0
                   ELSE open_before.quantity - least(open_before.quantity, open_before.long_units)
               END AS closes_short
        FROM open_before
        WHERE open_before.part_side IS NULL
        OFFSET 0  -- else each is computed wherever it is used
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
