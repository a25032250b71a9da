-- Lots that closings of one level name: those whose opening movement has that lot_ref or external_id, or that day.
--
-- returns   a row per lot and closing's lot_ref, lots of one ref one after the other, in order of acquisition
CREATE OR REPLACE FUNCTION rollforward.named_lots(level integer)
RETURNS TABLE (node_no integer, lot_ref text, rank integer, place integer)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH reference AS (
        SELECT DISTINCT event.node_no, event.lot_ref, btrim(name.name) AS name
        FROM stage_event AS event
        JOIN stage_node AS node USING (node_no)
        CROSS JOIN LATERAL regexp_split_to_table(event.lot_ref, ',') AS name (name)
        WHERE node.level = named_lots.level
          AND node.by_rank
          AND event.lot_ref IS NOT NULL
          AND event.effect <> 'open'
    ),
    known AS (
        SELECT part.queue_no / 2 AS node_no, part.rank, part.lot_no, name.name
        FROM stage_part AS part
        JOIN rollforward_data.movement AS opening
            ON opening.account_id = part.opened_in
           AND opening.movement_id = part.opened_by
        CROSS JOIN LATERAL (VALUES
            (opening.lot_ref), (opening.external_id), (to_char(part.opened_on, 'YYYY-MM-DD'))
        ) AS name (name)
        WHERE part.rank IS NOT NULL
          AND name.name IS NOT NULL
    ),
    named AS (
        SELECT DISTINCT reference.node_no, reference.lot_ref, known.rank, known.lot_no
        FROM reference
        JOIN known USING (node_no, name)
    )
    SELECT named.node_no, named.lot_ref, named.rank::integer,
           (row_number() OVER (ORDER BY named.node_no, named.lot_ref, named.lot_no))::integer
    FROM named;
END
$$;

COMMENT ON FUNCTION rollforward.named_lots IS 'Lots that closings of one level name';
