-- Makes the stages of a calculation ready and empty.
--
-- They live as long as the session, so that the plans of the steps that use them stay cached; they are emptied at commit.
-- They are made anew when they are missing or when their models have changed. A table that the caller put in the place of one
-- is refused: it could carry triggers that would run with the rights of the owner.
--
-- errors   42P07 the session has a temporary table of that name which belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.prepare_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    version text;
    stages text[];
    made record;
BEGIN
    SELECT md5(string_agg(stage.model || ' ' || stage.version, ' ' ORDER BY stage.model)),
           array_agg(stage.stage)
    INTO version, stages
    FROM rollforward.stage;

    IF EXISTS (
        SELECT FROM pg_class
        WHERE pg_class.oid = to_regclass('pg_temp.stage_scope')
          AND pg_class.relowner = quote_ident(current_user)::regrole
          AND obj_description(pg_class.oid, 'pg_class') = version)
    THEN
        -- an earlier calculation of this transaction
        IF EXISTS (SELECT FROM pg_temp.stage_scope) THEN
            EXECUTE 'TRUNCATE pg_temp.' || array_to_string(stages, ', pg_temp.');
        END IF;
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()
          AND relname = ANY (stages)
          AND relowner <> quote_ident(current_user)::regrole)
    THEN
        RAISE EXCEPTION 'temporary tables of this session are in the way'
            USING ERRCODE = '42P07',
                  HINT = 'DISCARD TEMP; names that begin with stage_ belong to rollforward.';
    END IF;

    EXECUTE 'DROP TABLE IF EXISTS pg_temp.' || array_to_string(stages, ', pg_temp.');
    FOR made IN SELECT * FROM rollforward.stage LOOP
        PERFORM rollforward.make_stage(made.stage, made.model);
        PERFORM rollforward.pretend_rows(made.stage);
    END LOOP;
    EXECUTE format('COMMENT ON TABLE pg_temp.stage_scope IS %L', version);
END
$$;

COMMENT ON FUNCTION rollforward.prepare_stage IS 'Makes the stages of a calculation ready and empty';
