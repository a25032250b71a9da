-- Updates persons, called by person_id: all of them or none.
--
-- The other arrays      new values; what has no array stays as it is, and a NULL in an array is a NULL
-- expected_versions     the versions that the caller has seen; a row, or all of them, may have none
-- idempotency_key       a call that has the key of an earlier one does nothing, and returns what that returned
-- returns               a row for each place in the arrays, in their order; status is updated, or unchanged where all is so already
-- errors                22R01 an array that must be given is NULL, or arrays differ in length
--                       23R01 something is wrong: DETAIL lists the first hundred offences; 23R02 only versions are: load again
-- locks                 the rows, in the order of name
CREATE OR REPLACE FUNCTION rollforward.update_person_batch(
    person_ids bigint[],
    names text[] DEFAULT NULL,
    base_currencies text[] DEFAULT NULL,
    organization_ids bigint[] DEFAULT NULL,
    expected_versions integer[] DEFAULT NULL,
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
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'person_ids', cardinality(rollforward.given(person_ids, 'person_ids')),
        'names', cardinality(names),
        'base_currencies', cardinality(base_currencies),
        'organization_ids', cardinality(organization_ids),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('person', 'update', idempotency_key);
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

    PERFORM rollforward.prepare_batch('person');
    -- what is not locked here is not changed below
    WITH locked AS (
        SELECT known.*
        FROM rollforward_data.person AS known
        WHERE (known.person_id) IN (SELECT * FROM unnest(person_ids))
        ORDER BY known.name
        FOR NO KEY UPDATE OF known
    )
    INSERT INTO batch_person (
        ordinal, person_id, expected_version, stored_version, status,
        name, base_currency, organization_id)
    SELECT given.ordinal, given.person_id, given.expected_version, known.version, 'unchanged',
           CASE WHEN names IS NULL THEN known.name ELSE given.name END,
           CASE WHEN base_currencies IS NULL THEN known.base_currency ELSE given.base_currency END,
           CASE WHEN organization_ids IS NULL THEN known.organization_id ELSE given.organization_id END
    FROM unnest(
        person_ids, expected_versions,
        names, base_currencies, organization_ids)
        WITH ORDINALITY AS given (
            person_id, expected_version,
            name, base_currency, organization_id, ordinal)
    LEFT JOIN locked AS known USING (person_id);
    IF EXISTS (
           SELECT FROM batch_person AS staged
           WHERE staged.stored_version IS NULL
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_person GROUP BY person_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('person', 'update');
    END IF;

    BEGIN
        UPDATE batch_person AS staged
        SET status = 'updated'
        FROM rollforward_data.person AS known
        WHERE known.person_id = staged.person_id
          AND (known.name, known.base_currency, known.organization_id)
              IS DISTINCT FROM (
                  staged.name, staged.base_currency, staged.organization_id);

        UPDATE rollforward_data.person AS known
        SET name = staged.name, base_currency = staged.base_currency, organization_id = staged.organization_id
        FROM batch_person AS staged
        WHERE staged.status = 'updated'
          AND known.person_id = staged.person_id;
    EXCEPTION
        WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('person', 'update');
            RAISE;
    END;

    outcome := rollforward.person_stage_outcome();
    PERFORM rollforward.finish_batch(
        'person', 'update', began, outcome.statuses, idempotency_key,
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

COMMENT ON FUNCTION rollforward.update_person_batch IS 'Updates persons: all of them or none';
