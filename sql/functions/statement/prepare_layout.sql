-- Makes what a layout has staged ready to be read by its view: lines are numbered, and fields named where headers name them.
CREATE OR REPLACE FUNCTION rollforward.prepare_layout(layout text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.number_staged_lines(layout);
    IF layout = 'ibkr' THEN
        PERFORM rollforward.name_ibkr_fields();
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.prepare_layout IS 'Makes what a layout has staged ready to be read by its view';
