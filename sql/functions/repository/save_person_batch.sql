-- Saves persons: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by person_id if given, else by name: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_person_batch
-- locks             rows that are written, in the order of name; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_person_batch(
    names text[],
    person_ids bigint[] DEFAULT NULL,
    base_currencies text[] DEFAULT NULL,
    organization_ids bigint[] DEFAULT NULL,
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
    IF num_nulls(names) > 0
       OR LEAST(
           cardinality(names), cardinality(person_ids), cardinality(base_currencies), cardinality(organization_ids))
          <> GREATEST(
           cardinality(names), cardinality(person_ids), cardinality(base_currencies), cardinality(organization_ids))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'names', cardinality(rollforward.given(names, 'names')),
            'person_ids', cardinality(person_ids),
            'base_currencies', cardinality(base_currencies),
            'organization_ids', cardinality(organization_ids))));
    END IF;
    IF save_person_batch.on_conflict = 'error' THEN
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

        outcome := rollforward.insert_person_batch(
            names, person_ids, base_currencies, organization_ids);
        IF outcome.versions IS NOT NULL THEN
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
            RETURN;
        END IF;
    END IF;

    PERFORM rollforward.stage_person_batch(
        names, person_ids, base_currencies, organization_ids);
    RETURN QUERY SELECT * FROM rollforward.save_person_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_person_batch IS 'Saves persons: all of them or none';
