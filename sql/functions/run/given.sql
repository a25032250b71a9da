-- Passes an argument on, or refuses it when it is NULL: NULL checks for functions that are a single query.
--
-- errors   22R01 naming the argument
CREATE OR REPLACE FUNCTION rollforward.given(argument anyelement, name text)
RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF argument IS NULL THEN
        RAISE EXCEPTION '% must not be NULL', name
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', name, 'value', NULL)),
                  HINT = format('Pass a value for %s.', name);
    END IF;
    RETURN argument;
END
$$;

COMMENT ON FUNCTION rollforward.given IS 'Passes an argument on, or refuses it when it is NULL';
