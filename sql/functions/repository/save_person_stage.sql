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
    attempt integer := 0;
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_person_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_stage('person');
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
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.person IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.complete_person_stage(save_person_stage.on_conflict);
            PERFORM rollforward.match_person_stage(save_person_stage.on_conflict);

            IF save_person_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_person_stage();
            ELSE
                INSERT INTO rollforward_data.person (
                    name, person_id, base_currency, organization_id)
                SELECT staged.name, coalesce(staged.person_id, nextval('rollforward_data.person_person_id_seq')),
                       staged.base_currency, staged.organization_id
                FROM batch_person AS staged
                WHERE staged.status IS NULL
                ORDER BY staged.name;
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.complete_person_stage(save_person_stage.on_conflict);
                PERFORM rollforward.refuse_batch('person', 'save', save_person_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these persons meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
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
