-- Saves the movements that stage_movements_read has staged: all that are not known yet, or none.
--
-- First without looking whether all is well: the table does. Only where it refuses, the repository finds out why.
--
-- rows_read   as the refusal says it
-- errors      23R01 rows cannot be booked; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.save_movements_read(rows_read bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    refusal jsonb;
BEGIN
    PERFORM rollforward.insert_movement_stage();
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        BEGIN
            PERFORM rollforward.complete_movement_stage('skip');
            PERFORM rollforward.refuse_batch('movement', 'save', 'skip');
            -- nothing is wrong: somebody else has saved one of them meanwhile
            PERFORM rollforward.write_movement_stage('skip');
        EXCEPTION
            WHEN SQLSTATE '23R01' THEN
                GET STACKED DIAGNOSTICS refusal = PG_EXCEPTION_DETAIL;
                PERFORM rollforward.refuse_statement(
                    (SELECT count(DISTINCT offence ->> 'ordinal') FROM jsonb_array_elements(refusal) AS offence),
                    rows_read, rollforward.named_by_line(refusal));
        END;
END
$$;

COMMENT ON FUNCTION rollforward.save_movements_read IS 'Saves the movements of the statement that was read: all that are not known yet, or none';
