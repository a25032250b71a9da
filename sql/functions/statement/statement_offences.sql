-- What cannot be read in the rows that this transaction has staged in a layout; no row means all can.
--
-- What can be read and does not fit together, such as a purchase without units, import_statement finds when it books.
--
-- layout    tastytrade, ibkr or generic
-- returns   line of the file, column as its header names it, the value as printed, and a reason code, as L_reading lists them
-- errors    22R01 no such layout
CREATE OR REPLACE FUNCTION rollforward.statement_offences(layout text)
RETURNS TABLE (line integer, "column" text, value text, reason text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- nobody knows how many rows a transaction has staged
AS $$
BEGIN
    PERFORM rollforward.require_choice('layout', layout, rollforward.statement_layouts());
    PERFORM rollforward.prepare_layout(layout);
    RETURN QUERY EXECUTE format(
        'SELECT reading.line, fault ->> ''column'', fault ->> ''value'', fault ->> ''reason''
         FROM rollforward.%I AS reading
         CROSS JOIN LATERAL unnest(reading.faults) AS fault
         ORDER BY reading.line', layout || '_reading');
END
$$;

COMMENT ON FUNCTION rollforward.statement_offences IS 'What cannot be read in the staged rows of a layout';
