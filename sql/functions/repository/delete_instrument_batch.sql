-- Deletes instruments, called by instrument_id: all of them or none. Their versions are kept.
--
-- expected_versions   the versions that the caller has seen; a row, or all of them, may have none
-- unknown             what becomes of one that is not there, and of which no version is expected: ignore, or error
-- idempotency_key     a call that has the key of an earlier one does nothing, and returns what that returned
-- returns             a row for each place in the arrays, in their order; status is deleted or unknown, version the last one
-- errors              22R01 an argument is NULL, or arrays differ in length
--                     23R01 something is wrong, such as others that refer to one of them: DETAIL lists the first hundred
--                     offences; 23R02 only versions are wrong
-- locks               the rows, in the order of symbol
CREATE OR REPLACE FUNCTION rollforward.delete_instrument_batch(
    instrument_ids bigint[],
    expected_versions integer[] DEFAULT NULL,
    unknown text DEFAULT 'ignore',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, instrument_id bigint, status text, version integer)
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
    PERFORM rollforward.require_choice('unknown', delete_instrument_batch.unknown, ARRAY['ignore', 'error']);
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(instrument_ids, 'instrument_ids')),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('instrument', 'delete', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'instrument_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.prepare_batch('instrument');
    -- what is not locked here is not deleted below
    WITH locked AS (
        SELECT known.instrument_id, known.version
        FROM rollforward_data.instrument AS known
        WHERE (known.instrument_id) IN (SELECT * FROM unnest(instrument_ids))
        ORDER BY known.symbol
        FOR UPDATE OF known
    )
    INSERT INTO batch_instrument (ordinal, instrument_id, expected_version, stored_version, status)
    SELECT given.ordinal, given.instrument_id, given.expected_version, known.version,
           CASE WHEN known.version IS NULL THEN 'unknown' ELSE 'deleted' END
    FROM unnest(instrument_ids, expected_versions)
        WITH ORDINALITY AS given (instrument_id, expected_version, ordinal)
    LEFT JOIN locked AS known USING (instrument_id);
    IF EXISTS (
           SELECT FROM batch_instrument AS staged
           WHERE (staged.stored_version IS NULL
                  AND (delete_instrument_batch.unknown = 'error' OR staged.expected_version IS NOT NULL))
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_instrument GROUP BY instrument_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('instrument', 'delete', delete_instrument_batch.unknown);
    END IF;

    BEGIN
        DELETE FROM rollforward_data.instrument AS known
        USING batch_instrument AS staged
        WHERE staged.status = 'deleted'
          AND known.instrument_id = staged.instrument_id;
    EXCEPTION
        WHEN integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('instrument', 'delete', delete_instrument_batch.unknown);
            RAISE;
    END;

    outcome := rollforward.instrument_stage_outcome();
    PERFORM rollforward.finish_batch(
        'instrument', 'delete', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'instrument_ids', outcome.instrument_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.delete_instrument_batch IS 'Deletes instruments: all of them or none';
