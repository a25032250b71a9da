-- Inserts persons that are given as arrays, as most batches can be: nothing is staged and nothing looked for, since the
-- table refuses what cannot be stored.
--
-- returns   an array for each column of what save_person_batch returns; versions is NULL where nothing was inserted: something is
--           wrong, or has to be decided, which is for those who stage it to find out
CREATE OR REPLACE FUNCTION rollforward.insert_person_batch(
    names text[],
    INOUT person_ids bigint[],
    base_currencies text[],
    organization_ids bigint[],
    OUT ordinals integer[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT integer := cardinality(names);
    highest CONSTANT bigint := (SELECT max(called.person_id) FROM unnest(person_ids) AS called (person_id));
BEGIN
    WITH drawn AS MATERIALIZED (
        SELECT staged.ordinal,
               staged.name, staged.base_currency, staged.organization_id,
               coalesce(staged.person_id, nextval('rollforward_data.person_person_id_seq')) AS person_id
        FROM unnest(
            names, person_ids, base_currencies, organization_ids)
            WITH ORDINALITY AS staged (
                name, person_id, base_currency, organization_id, ordinal)
        ORDER BY staged.name
    ),
    written AS (
        INSERT INTO rollforward_data.person (
            name, person_id, base_currency, organization_id,
            log_id, recorded_at)
        SELECT staged.name, staged.person_id, staged.base_currency, staged.organization_id,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM drawn AS staged
    )
    SELECT array_agg(staged.person_id ORDER BY staged.ordinal)
    INTO person_ids
    FROM drawn AS staged;
    PERFORM rollforward.draw_beyond('rollforward_data.person_person_id_seq', highest);

    ordinals := ARRAY(SELECT generate_series(1, places));
    statuses := array_fill('inserted'::text, ARRAY[places]);
    IF EXISTS (SELECT FROM rollforward_data.person_image) THEN
        -- what was deleted and comes again goes on counting
        versions := ARRAY(
            SELECT known.version
            FROM unnest(person_ids)
                WITH ORDINALITY AS place (person_id, ordinal)
            JOIN rollforward_data.person AS known USING (person_id)
            ORDER BY place.ordinal);
    ELSE
        versions := array_fill(1, ARRAY[places]);
    END IF;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        versions := NULL;
END
$$;

COMMENT ON FUNCTION rollforward.insert_person_batch IS 'Inserts persons that are given as arrays, unless something is wrong';
