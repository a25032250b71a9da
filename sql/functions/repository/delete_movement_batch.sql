-- Deletes movements, called by account_id, movement_id: all of them or none. Their versions are kept.
--
-- They are remembered: saving them again, by importing the statement that had them, does not bring them back.
--
-- expected_versions   the versions that the caller has seen; a row, or all of them, may have none
-- unknown             what becomes of one that is not there, and of which no version is expected: ignore, or error
-- idempotency_key     a call that has the key of an earlier one does nothing, and returns what that returned
-- returns             a row for each place in the arrays, in their order; status is deleted or unknown, version the last one
-- errors              22R01 an argument is NULL, or arrays differ in length
--                     23R01 something is wrong, such as others that refer to one of them: DETAIL lists the first hundred
--                     offences; 23R02 only versions are wrong
-- locks               the rows, in the order of account_id, natural_key
CREATE OR REPLACE FUNCTION rollforward.delete_movement_batch(
    account_ids bigint[],
    movement_ids bigint[],
    expected_versions integer[] DEFAULT NULL,
    unknown text DEFAULT 'ignore',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, movement_id bigint, status text, version integer)
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
    PERFORM rollforward.require_choice('unknown', delete_movement_batch.unknown, ARRAY['ignore', 'error']);
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(movement_ids, 'movement_ids')),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('movement', 'delete', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'account_ids')::bigint[],
            (earlier ->> 'movement_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.prepare_batch('movement');
    -- what is not locked here is not deleted below
    WITH locked AS (
        SELECT known.account_id, known.movement_id, known.version
        FROM rollforward_data.movement AS known
        WHERE (known.account_id, known.movement_id) IN (SELECT * FROM unnest(account_ids, movement_ids))
        ORDER BY known.account_id, known.natural_key
        FOR UPDATE OF known
    )
    INSERT INTO batch_movement (ordinal, account_id, movement_id, expected_version, stored_version, status)
    SELECT given.ordinal, given.account_id, given.movement_id, given.expected_version, known.version,
           CASE WHEN known.version IS NULL THEN 'unknown' ELSE 'deleted' END
    FROM unnest(account_ids, movement_ids, expected_versions)
        WITH ORDINALITY AS given (account_id, movement_id, expected_version, ordinal)
    LEFT JOIN locked AS known USING (account_id, movement_id);
    IF EXISTS (
           SELECT FROM batch_movement AS staged
           WHERE (staged.stored_version IS NULL
                  AND (delete_movement_batch.unknown = 'error' OR staged.expected_version IS NOT NULL))
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_movement GROUP BY account_id, movement_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('movement', 'delete', delete_movement_batch.unknown);
    END IF;

    BEGIN
        INSERT INTO rollforward_data.deleted_movement AS gone (account_id, natural_key, movement_id)
        SELECT known.account_id, known.natural_key, known.movement_id
        FROM rollforward_data.movement AS known
        JOIN batch_movement AS staged USING (account_id, movement_id)
        WHERE staged.status = 'deleted'
        ON CONFLICT ON CONSTRAINT deleted_movement_pkey DO UPDATE
        SET movement_id = excluded.movement_id,
            deleted_at = excluded.deleted_at;

        DELETE FROM rollforward_data.movement AS known
        USING batch_movement AS staged
        WHERE staged.status = 'deleted'
          AND known.account_id = staged.account_id
          AND known.movement_id = staged.movement_id;
    EXCEPTION
        WHEN integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('movement', 'delete', delete_movement_batch.unknown);
            RAISE;
    END;

    outcome := rollforward.movement_stage_outcome();
    PERFORM rollforward.finish_batch(
        'movement', 'delete', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'account_ids', outcome.account_ids::text,
            'movement_ids', outcome.movement_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.account_ids, outcome.movement_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.delete_movement_batch IS 'Deletes movements: all of them or none';
