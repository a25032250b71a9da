-- Everything that is wrong with the rows staged in pg_temp.batch_E, in the order of the rows.
--
-- Asked when a batch is validated, and when a statement that was to write one has failed: the constraints of the tables are
-- the judge in both cases, so that they cannot disagree.
--
-- entity        person, account …
-- operation     save, update or delete
-- on_conflict   of a save: error, skip or update; of a delete: ignore or error, for rows that are not there
CREATE OR REPLACE FUNCTION rollforward.batch_offences(entity text, operation text, on_conflict text DEFAULT 'error')
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    skipped integer[] := '{}';
    offences rollforward.batch_offence[];
BEGIN
    IF on_conflict = 'skip' THEN
        skipped := ARRAY(SELECT rollforward.known_ordinals(entity));
    END IF;
    offences := ARRAY(
        SELECT offence FROM rollforward.key_offences(entity, operation, on_conflict) AS offence
        UNION ALL
        SELECT offence FROM rollforward.state_offences(entity, operation, on_conflict) AS offence);
    IF operation = 'delete' THEN
        offences := offences || ARRAY(SELECT offence FROM rollforward.dependent_offences(entity) AS offence);
    ELSE
        offences := offences || ARRAY(
            SELECT offence FROM rollforward.value_offences(entity, operation) AS offence
            UNION ALL
            SELECT offence FROM rollforward.reference_offences(entity, skipped) AS offence);
    END IF;

    IF operation = 'update' THEN
        -- what is not there has no values that could be wrong
        offences := ARRAY(
            SELECT offence
            FROM unnest(offences) AS offence
            WHERE offence.code IN ('not_found', 'duplicate_in_batch')
               OR offence.ordinal NOT IN (SELECT absent.ordinal FROM unnest(offences) AS absent WHERE absent.code = 'not_found'));
    END IF;
    -- nobody will look at what is in a row that is skipped
    offences := ARRAY(
        SELECT offence
        FROM unnest(offences) AS offence
        WHERE offence.code = 'duplicate_in_batch'
           OR offence.ordinal <> ALL (skipped));
    IF operation <> 'delete' AND offences <> '{}' THEN
        offences := offences || ARRAY(
            SELECT orphaned
            FROM rollforward.orphaned_offences(entity, ARRAY(SELECT ordinal FROM unnest(offences))) AS orphaned);
    END IF;

    RETURN QUERY
    SELECT offence.ordinal, offence.code, offence.field, offence.value, offence.message
    FROM unnest(offences) WITH ORDINALITY AS offence (ordinal, code, field, value, message, place)
    ORDER BY offence.ordinal, offence.place;
END
$$;

COMMENT ON FUNCTION rollforward.batch_offences IS 'Everything that is wrong with the rows staged for an operation';
