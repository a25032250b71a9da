-- Writes the staged persons: all of them or none. What becomes of each is its status, NULL where it is new.
--
-- on_conflict   error, skip or update, as for save_person_batch
-- errors        23R01 naming every row that cannot be saved; 40001 somebody else has saved one of them, and the
--               transaction cannot see it
CREATE OR REPLACE FUNCTION rollforward.write_person_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
DECLARE
    attempt integer := 0;
BEGIN
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.person IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.complete_person_stage(write_person_stage.on_conflict);
            PERFORM rollforward.match_person_stage(write_person_stage.on_conflict);

            IF write_person_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_person_stage();
            ELSE
                PERFORM rollforward.insert_person_stage();
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.complete_person_stage(write_person_stage.on_conflict);
                PERFORM rollforward.refuse_batch('person', 'save', write_person_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these persons meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.write_person_stage IS 'Writes the staged persons: all of them or none';
