-- Begins the import of a file: writes down what is to be imported, for others to see, and stages nothing yet.
--
-- Then, in one transaction: claim_import, COPY into the stage of the layout, import_statement. Then start_import_run.
--
-- layout      tastytrade, ibkr or generic
-- file_hash   SHA-256 of the file
-- returns     the number of the import
-- errors      22R01 no such layout, no name of an account, no hash
CREATE OR REPLACE FUNCTION rollforward.start_import(layout text, account_number text, file_name text, file_hash bytea)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    started bigint;
BEGIN
    PERFORM rollforward.require_choice('layout', layout, rollforward.statement_layouts());
    PERFORM rollforward.require_account_number(account_number);
    PERFORM rollforward.given(file_name, 'file_name');
    PERFORM rollforward.given(file_hash, 'file_hash');
    IF octet_length(file_hash) <> 32 THEN
        RAISE EXCEPTION 'file_hash must be a SHA-256, not % bytes', octet_length(file_hash)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'file_hash', 'value', encode(file_hash, 'hex'))),
                  HINT = 'sha256(content) makes one.';
    END IF;

    INSERT INTO rollforward_data.import_session (layout, account_number, file_name, file_hash)
    VALUES (layout, account_number, file_name, file_hash)
    RETURNING import_session_id INTO started;
    RETURN started;
END
$$;

COMMENT ON FUNCTION rollforward.start_import IS 'Begins the import of a file: writes down what is to be imported';
