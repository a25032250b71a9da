-- What has become of the staged persons, in their order, an array for each column: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.person_stage_outcome(
    OUT ordinals integer[],
    OUT person_ids bigint[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH outcome AS (
        SELECT staged.ordinal, staged.person_id, staged.status, staged.stored_version AS version
        FROM batch_person AS staged
        WHERE staged.status IN ('deleted', 'unknown', 'skipped')
        UNION ALL
        SELECT staged.ordinal, known.person_id, coalesce(staged.status, 'inserted'), known.version
        FROM batch_person AS staged
        JOIN rollforward_data.person AS known USING (name)
        WHERE staged.status IS NULL
           OR staged.status IN ('inserted', 'updated', 'unchanged')
        ORDER BY ordinal
    )
    SELECT array_agg(outcome.ordinal), array_agg(outcome.person_id), array_agg(outcome.status),
           array_agg(outcome.version)
    INTO ordinals, person_ids, statuses, versions
    FROM outcome;
END
$$;

COMMENT ON FUNCTION rollforward.person_stage_outcome IS 'What has become of the staged persons, in their order';
