-- Refuses an array that is NULL or holds a NULL.
--
-- name     of the argument, for the message
-- errors   22R01; DETAIL lists the places of the NULLs (the first hundred), counted from 1
CREATE OR REPLACE FUNCTION rollforward.require_elements(name text, elements anyarray)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(elements, name);

    SELECT jsonb_agg(jsonb_build_object('argument', require_elements.name, 'value', NULL, 'place', missing.place)
                     ORDER BY missing.place)
    INTO offences
    FROM unnest(array_positions(elements, NULL)) WITH ORDINALITY AS missing (place, nth)
    WHERE missing.nth <= 100;
    IF offences IS NOT NULL THEN
        RAISE EXCEPTION '% must not hold a NULL', name
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'The first elements of all arrays make the first row, the second ones the second.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_elements IS 'Refuses an array that is NULL or holds a NULL';
