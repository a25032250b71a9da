-- Refuses a range without both ends or with its ends the wrong way round.
--
-- errors   22R01 naming the argument and its value
CREATE OR REPLACE FUNCTION rollforward.require_range(start_date date, end_date date)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF start_date IS NULL OR end_date IS NULL THEN
        RAISE EXCEPTION '% must not be NULL', CASE WHEN start_date IS NULL THEN 'start_date' ELSE 'end_date' END
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', CASE WHEN start_date IS NULL THEN 'start_date' ELSE 'end_date' END, 'value', NULL)),
                  HINT = 'Pass both ends of the range; both are included.';
    END IF;
    IF start_date > end_date THEN
        RAISE EXCEPTION 'start_date % is after end_date %', start_date, end_date
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'start_date', 'value', start_date),
                      jsonb_build_object('argument', 'end_date', 'value', end_date)),
                  HINT = 'Pass the earlier date as start_date.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_range IS 'Refuses a range without both ends or with its ends the wrong way round';
