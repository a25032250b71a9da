-- Refuses a range that has no first or no last day.
--
-- errors   22R01 naming the argument and its value
CREATE OR REPLACE FUNCTION rollforward.require_finite_range(start_date date, end_date date)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    IF NOT (isfinite(start_date) AND isfinite(end_date)) THEN
        RAISE EXCEPTION 'a range without end has no days: % to %', start_date, end_date
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'start_date', 'value', start_date),
                      jsonb_build_object('argument', 'end_date', 'value', end_date)),
                  HINT = 'Pass the first and the last day.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_finite_range IS 'Refuses a range that has no first or no last day';
