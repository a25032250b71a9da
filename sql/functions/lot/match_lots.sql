-- Matches every closing of the staged positions with the openings it consumes.
--
-- Reads stage_scope, stage_position, stage_event, stage_carry and the stored slices open before the range; leaves the
-- resulting slices in stage_slice.
--
-- Where lots move on, what follows can only be matched once what precedes is: nodes are therefore matched level by
-- level. Without such events there is one level. Queues that lots leave in the order in which they entered are
-- matched by window functions, the others in one ordered pass.
--
-- lowest, highest   the first and the last of the accounts
CREATE OR REPLACE FUNCTION rollforward.match_lots(start_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_level integer;
    rows_staged bigint;
BEGIN
    PERFORM rollforward.stage_opening_lots(start_date, lowest, highest);
    PERFORM rollforward.stage_nodes();
    PERFORM rollforward.price_opening_lots();

    SELECT max(node.level) INTO last_level FROM stage_node AS node;

    FOR level IN 0 .. coalesce(last_level, 0) LOOP
        PERFORM rollforward.stage_parts(level);
        PERFORM rollforward.match_in_turn();
        PERFORM rollforward.match_by_rank(level);
        PERFORM rollforward.average_costs(level);
        PERFORM rollforward.move_premiums(level);
        PERFORM rollforward.carry_lots(level);
    END LOOP;

    SELECT count(*) INTO rows_staged FROM stage_slice;
    PERFORM rollforward.analyze_stage('pg_temp.stage_slice', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.match_lots IS 'Matches closings with openings for the staged positions';
