-- What has become of the staged movements, in their order, an array for each column: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.movement_stage_outcome(
    OUT ordinals integer[],
    OUT account_ids bigint[],
    OUT movement_ids bigint[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH outcome AS (
        SELECT staged.ordinal, staged.account_id, staged.movement_id, staged.status, staged.stored_version AS version
        FROM batch_movement AS staged
        WHERE staged.status IN ('deleted', 'unknown', 'skipped')
        UNION ALL
        SELECT staged.ordinal, known.account_id, known.movement_id, coalesce(staged.status, 'inserted'), known.version
        FROM batch_movement AS staged
        JOIN rollforward_data.movement AS known USING (account_id, natural_key)
        WHERE staged.status IS NULL
           OR staged.status IN ('inserted', 'updated', 'unchanged')
        ORDER BY ordinal
    )
    SELECT array_agg(outcome.ordinal), array_agg(outcome.account_id), array_agg(outcome.movement_id), array_agg(outcome.status),
           array_agg(outcome.version)
    INTO ordinals, account_ids, movement_ids, statuses, versions
    FROM outcome;
END
$$;

COMMENT ON FUNCTION rollforward.movement_stage_outcome IS 'What has become of the staged movements, in their order';
