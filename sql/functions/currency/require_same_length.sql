-- Refuses arrays that belong together, element by element, and differ in length.
--
-- lengths   length by name of argument
-- errors    22R01 with every argument and its length in DETAIL
CREATE OR REPLACE FUNCTION rollforward.require_same_length(lengths jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (SELECT count(DISTINCT length.value) FROM jsonb_each(lengths) AS length) > 1 THEN
        RAISE EXCEPTION 'arrays differ in length: %',
            (SELECT string_agg(format('%s %s', length.key, length.value), ', ' ORDER BY length.key)
             FROM jsonb_each(lengths) AS length)
            USING ERRCODE = '22R01',
                  DETAIL = (SELECT jsonb_agg(jsonb_build_object('argument', length.key, 'value', length.value)
                                             ORDER BY length.key)
                            FROM jsonb_each(lengths) AS length),
                  HINT = 'The first elements of all arrays make the first row, the second ones the second.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_same_length IS 'Refuses arrays that belong together and differ in length';
