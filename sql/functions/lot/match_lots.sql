-- Matches every closing of the staged positions with the openings it consumes, first in, first out.
--
-- Reads stage_scope, stage_position, stage_event and the stored slices open before the range;
-- leaves the resulting slices in the temporary table stage_slice.
--
-- A strike adjustment moves the open lots of a contract to its successor, so what follows it can only be matched
-- once what precedes it is. Events are therefore matched in waves, each wave ending with an adjustment of its
-- account. Without adjustments there is one wave.
CREATE OR REPLACE FUNCTION rollforward.match_lots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_wave integer;
BEGIN
    last_wave := rollforward.number_waves();

    PERFORM rollforward.stage_opening_lots();

    CREATE TEMP TABLE stage_slice (
        position_no integer,
        side rollforward_data.position_side,
        opened_by bigint,
        entered_by bigint,
        lot_offset numeric,
        quantity numeric,
        opened_on date,
        entered_on date,
        closed_on date,
        closed_by bigint,
        carried_to bigint,
        cost numeric,
        proceeds numeric,
        lot_quantity numeric,
        lot_cost numeric
    ) ON COMMIT DROP;

    FOR wave IN 0 .. last_wave LOOP
        PERFORM rollforward.stage_parts(wave);
        PERFORM rollforward.match_parts();
        IF wave < last_wave THEN
            PERFORM rollforward.carry_lots(wave);
        END IF;
    END LOOP;

    ANALYZE stage_slice;
END
$$;

COMMENT ON FUNCTION rollforward.match_lots IS 'Matches closings with openings, first in, first out, for the staged positions';
