-- Refuses a statement as a whole.
--
-- offences        {line, column, value, reason} of the first hundred
-- errors          23R01, always
CREATE OR REPLACE FUNCTION rollforward.refuse_statement(offending_rows bigint, rows_read bigint, offences jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'statement rejected: % of % rows cannot be booked', offending_rows, rows_read
        USING ERRCODE = '23R01', DETAIL = offences,
              HINT = 'Nothing of this statement was saved. Correct the rows named, or leave them out, and import it again.';
END
$$;

COMMENT ON FUNCTION rollforward.refuse_statement IS 'Refuses a statement as a whole';
