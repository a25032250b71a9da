-- Lays the moves of instruments side by side: from analysis_move to analysis_block.
CREATE OR REPLACE FUNCTION rollforward.stage_blocks()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_block', 'rollforward.analysed_block');
    INSERT INTO analysis_block
    SELECT move.group_id, move.instrument_id, move.day_no / 16, bit_or(1 << move.day_no % 16),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 0), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 1), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 2), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 3), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 4), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 5), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 6), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 7), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 8), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 9), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 10), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 11), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 12), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 13), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 14), 0),
           coalesce(max(move.moved) FILTER (WHERE move.day_no % 16 = 15), 0)
    FROM analysis_move AS move
    GROUP BY move.group_id, move.instrument_id, move.day_no / 16;
    ANALYZE analysis_block;
END
$$;

COMMENT ON FUNCTION rollforward.stage_blocks IS 'Lays the moves of instruments side by side';
