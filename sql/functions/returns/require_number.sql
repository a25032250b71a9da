-- Refuses a number that does not lie between two others.
--
-- name           of the argument, for the message
-- above, below   excluded; NaN lies above everything
-- errors         22R01 naming the argument and its value; HINT says what it can be
CREATE OR REPLACE FUNCTION rollforward.require_number(
    name text,
    number double precision,
    above double precision,
    below double precision
)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.given(number, name);
    IF NOT (number > above AND number < below) THEN
        RAISE EXCEPTION '% cannot be %', name, number
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', name, 'value', number)),
                  HINT = format('%s is a number above %s and below %s.', name, above, below);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_number IS 'Refuses a number that does not lie between two others';
