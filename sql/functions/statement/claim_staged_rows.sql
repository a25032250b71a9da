-- Counts the rows that this transaction has staged, and removes those of others from the stage.
--
-- Rows of another transaction that can be seen were committed without being booked: they are nobody's any more.
--
-- stage    a table of rollforward_data whose rows belong to the transaction that wrote them
-- errors   22R02 this transaction has staged none
CREATE OR REPLACE FUNCTION rollforward.claim_staged_rows(stage text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    staged bigint;
BEGIN
    EXECUTE format('DELETE FROM rollforward_data.%I WHERE transaction_id <> pg_current_xact_id()', stage);
    EXECUTE format('SELECT count(*) FROM rollforward_data.%I WHERE transaction_id = pg_current_xact_id()', stage) INTO staged;
    IF staged = 0 THEN
        RAISE EXCEPTION 'no rows are staged by this transaction'
            USING ERRCODE = '22R02',
                  HINT = format('Either the file is empty, or it was copied into rollforward_data.%s outside of this BEGIN.', stage);
    END IF;
    RETURN staged;
END
$$;

COMMENT ON FUNCTION rollforward.claim_staged_rows IS 'Counts the rows that this transaction has staged, and removes those of others';
