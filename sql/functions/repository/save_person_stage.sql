-- Saves the persons staged in batch_person: all of them or none.
--
-- See save_person_batch. For who has too many for arrays: call open_batch('person'), COPY into
-- pg_temp.batch_person with ordinals from 1, and call this, all in one transaction.
CREATE OR REPLACE FUNCTION rollforward.save_person_stage(
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, person_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    earlier jsonb;
    outcome record;
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_person_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_person');
    earlier := rollforward.earlier_result('person', 'save', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'person_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.analyze_stage('pg_temp.batch_person', (SELECT count(*) FROM batch_person));
    PERFORM rollforward.write_person_stage(save_person_stage.on_conflict);
    PERFORM rollforward.draw_beyond(
        'rollforward_data.person_person_id_seq',
        (SELECT max(person_id) FROM batch_person));

    outcome := rollforward.person_stage_outcome();
    PERFORM rollforward.finish_batch(
        'person', 'save', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'person_ids', outcome.person_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.person_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.save_person_stage IS 'Saves the staged persons: all of them or none';
