-- What happens in the nodes of one level that lots do not leave in turn, in order: the input of match_by_rank.
--
-- Sides are 0 for long and 1 for short.
--
-- returns   quantity            units that enter, or that the event is about
--           opens               side on which it opens, as the lot of that rank; NULL where it does not
--           closes, then_closes sides that it asks for units, one after the other
--           is_bounded          asks the first of them for no more than is open
--           is_strict           must not choose between lots
--           named_from, named_until   places of the lots that it names; NULL where it names none
CREATE OR REPLACE FUNCTION rollforward.ranked_events(level integer)
RETURNS TABLE (
    node_no integer,
    ordinal bigint,
    quantity numeric,
    opens integer,
    rank integer,
    axis numeric,
    lot_units numeric,
    closes integer,
    then_closes integer,
    is_bounded boolean,
    is_strict boolean,
    is_named boolean,
    named_from integer,
    named_until integer
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH named AS (
        SELECT named.node_no, named.lot_ref, min(named.place) AS named_from, max(named.place) AS named_until
        FROM rollforward.named_lots(level) AS named
        GROUP BY named.node_no, named.lot_ref
    ),
    happening AS (
        SELECT part.queue_no / 2 AS node_no, part.ordinal, part.lot_no, part.open_quantity AS quantity,
               part.queue_no % 2 AS opens, part.rank::integer AS rank, part.unit_offset AS axis, part.all_units AS lot_units,
               NULL::integer AS closes, NULL::integer AS then_closes, false AS is_bounded, false AS is_strict,
               false AS is_named, NULL::integer AS named_from, NULL::integer AS named_until
        FROM stage_part AS part
        WHERE part.rank IS NOT NULL
          AND part.generation = 0
        UNION ALL
        SELECT event.node_no, event.ordinal, NULL, event.quantity,
               part.queue_no % 2, part.rank::integer, 0, NULL,
               CASE WHEN event.effect = 'open' THEN NULL
                    WHEN event.part_side IS NOT NULL THEN (event.part_side = 'short')::integer
                    ELSE (event.kind = 'buy')::integer
               END,
               CASE WHEN event.part_side IS NULL AND event.kind NOT IN ('buy', 'sell') THEN 1 END,
               event.part_side IS NULL,
               node.method = 'specific',
               event.lot_ref IS NOT NULL AND event.effect <> 'open',
               named.named_from, named.named_until
        FROM stage_event AS event
        JOIN stage_node AS node USING (node_no)
        LEFT JOIN stage_part AS part
            ON part.ordinal = event.ordinal
           AND part.generation = 1
           AND part.rank IS NOT NULL
        LEFT JOIN named
            ON named.node_no = event.node_no
           AND named.lot_ref = event.lot_ref
        WHERE node.level = ranked_events.level
          AND node.by_rank
          AND event.effect IS NOT NULL
          AND event.quantity > 0
    )
    SELECT happening.node_no, happening.ordinal, happening.quantity, happening.opens, happening.rank, happening.axis,
           happening.lot_units, happening.closes, happening.then_closes, happening.is_bounded, happening.is_strict,
           happening.is_named, happening.named_from, happening.named_until
    FROM happening
    ORDER BY happening.node_no, happening.ordinal, happening.lot_no;
END
$$;

COMMENT ON FUNCTION rollforward.ranked_events IS 'What happens in nodes that lots do not leave in turn, in order';
