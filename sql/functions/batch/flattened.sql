-- The elements of an array in a plain one, whose places are counted from 1; NULL for NULL.
CREATE OR REPLACE FUNCTION rollforward.flattened(elements anyarray)
RETURNS anyarray
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF elements IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY(SELECT unnest(elements));
END
$$;

COMMENT ON FUNCTION rollforward.flattened IS 'The elements of an array in a plain one, whose places are counted from 1';
