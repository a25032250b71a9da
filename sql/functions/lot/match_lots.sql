-- Matches every closing of the staged positions with the openings it consumes, first in, first out.
--
-- Reads stage_scope, stage_position, stage_event and the stored slices open before the range;
-- leaves the resulting slices in stage_slice.
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
    rows_staged bigint;
BEGIN
    last_wave := rollforward.number_waves();

    PERFORM rollforward.stage_opening_lots();

    FOR wave IN 0 .. last_wave LOOP
        PERFORM rollforward.stage_parts(wave);
        PERFORM rollforward.match_parts();
        IF wave < last_wave THEN
            PERFORM rollforward.carry_lots(wave);
        END IF;
    END LOOP;

    SELECT count(*) INTO rows_staged FROM stage_slice;
    PERFORM rollforward.analyze_stage('pg_temp.stage_slice', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.match_lots IS 'Matches closings with openings, first in, first out, for the staged positions';
