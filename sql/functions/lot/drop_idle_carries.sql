-- Forgets changes of cost method before the first event of a position that holds nothing: there is nothing to move on.
CREATE OR REPLACE FUNCTION rollforward.drop_idle_carries()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH first_event AS (
        SELECT event.position_no, min(event.ordinal) AS ordinal
        FROM stage_event AS event
        WHERE event.position_no IN (SELECT position_no FROM stage_carry WHERE is_method)
          AND NOT EXISTS (
              SELECT FROM stage_carry AS carry
              WHERE carry.is_method
                AND carry.event_id = event.movement_id
                AND carry.position_no = event.position_no)
        GROUP BY event.position_no
    ),
    idle AS (
        DELETE FROM stage_event AS event
        USING stage_carry AS carry
        LEFT JOIN first_event USING (position_no)
        WHERE carry.is_method
          AND event.movement_id = carry.event_id
          AND event.position_no = carry.position_no
          AND (first_event.ordinal IS NULL OR event.ordinal < first_event.ordinal)
          AND NOT EXISTS (SELECT FROM stage_lot AS lot WHERE lot.node_no = carry.position_no)
        RETURNING event.position_no, event.movement_id
    )
    DELETE FROM stage_carry AS carry
    USING idle
    WHERE carry.position_no = idle.position_no
      AND carry.event_id = idle.movement_id;
END
$$;

COMMENT ON FUNCTION rollforward.drop_idle_carries IS 'Forgets changes of cost method before the first event of a position';
