-- Cuts positions into nodes at the events at which their lots move on, and says for each where to.
--
-- The event itself belongs to the node that it ends; what follows it belongs to a new one.
CREATE OR REPLACE FUNCTION rollforward.split_nodes()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    last_node integer;
BEGIN
    SELECT max(position_no) INTO last_node FROM stage_position;

    WITH departure AS (
        SELECT event.ordinal, carry.position_no, carry.to_position_no, carry.event_id, carry.on_date,
               last_node + row_number() OVER (ORDER BY event.ordinal)::integer AS next_node
        FROM stage_carry AS carry
        JOIN stage_event AS event
            ON event.position_no = carry.position_no
           AND event.movement_id = carry.event_id
    ),
    placed AS MATERIALIZED (
        SELECT event.ordinal, event.position_no, event.movement_id,
               coalesce(max(departure.next_node) OVER earlier, event.position_no) AS node_no
        FROM stage_event AS event
        LEFT JOIN departure USING (ordinal)
        WHERE event.position_no IN (SELECT position_no FROM stage_carry
                                    UNION SELECT to_position_no FROM stage_carry)
        WINDOW earlier AS (
            PARTITION BY event.position_no ORDER BY event.ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ),
    moved AS (
        UPDATE stage_event AS event
        SET node_no = placed.node_no
        FROM placed
        WHERE placed.ordinal = event.ordinal
          AND placed.node_no <> event.node_no
    ),
    added AS (
        INSERT INTO stage_node (node_no, position_no, begins_on, method, ranked_by, level, by_rank)
        SELECT departure.next_node, departure.position_no, departure.on_date, 'fifo', 'cost', 0, false
        FROM departure
    )
    UPDATE stage_carry AS carry
    SET node_no = place.node_no,
        to_node_no = coalesce(arrival.node_no, departure.next_node),
        to_ordinal = coalesce(arrival.ordinal, 0)
    FROM departure
    JOIN placed AS place USING (ordinal)
    LEFT JOIN placed AS arrival
        ON arrival.movement_id = departure.event_id
       AND arrival.position_no = departure.to_position_no
       AND departure.to_position_no <> departure.position_no
    WHERE carry.position_no = departure.position_no
      AND carry.event_id = departure.event_id;
END
$$;

COMMENT ON FUNCTION rollforward.split_nodes IS 'Cuts positions into nodes at the events at which their lots move on';
