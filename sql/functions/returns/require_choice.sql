-- Refuses an argument that is none of the words it can be.
--
-- name      of the argument, for the message
-- errors    22R01 naming the argument and its value; HINT lists the words
CREATE OR REPLACE FUNCTION rollforward.require_choice(name text, choice text, choices text[])
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF choice IS NULL OR choice <> ALL (choices) THEN
        RAISE EXCEPTION '%', CASE WHEN choice IS NULL THEN name || ' must not be NULL'
                                  ELSE format('unknown %s: %s', name, choice) END
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', name, 'value', choice)),
                  HINT = format('%s is one of %s.', name, array_to_string(choices, ', '));
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_choice IS 'Refuses an argument that is none of the words it can be';
