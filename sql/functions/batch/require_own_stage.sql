-- Refuses to go on without a stage, or with a table that the caller put in its place: it could carry triggers, which would run
-- with the rights of the owner.
--
-- errors   22R02 there is none · 42P07 it belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.require_own_stage(stage text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entity CONSTANT text := substr(stage, length('batch_') + 1);
    is_own boolean;
BEGIN
    SELECT relowner = quote_ident(current_user)::regrole AND obj_description(pg_class.oid, 'pg_class') IS NOT NULL INTO is_own
    FROM pg_class
    WHERE pg_class.oid = to_regclass('pg_temp.' || quote_ident(stage));
    IF is_own THEN
        RETURN;
    END IF;

    RAISE EXCEPTION '%', CASE WHEN is_own IS NULL THEN format('nothing is staged for %s', entity)
                              ELSE format('a temporary table of this session is in the way: %s', stage) END
        USING ERRCODE = CASE WHEN is_own IS NULL THEN '22R02' ELSE '42P07' END,
              DETAIL = jsonb_build_array(jsonb_build_object('argument', 'entity', 'value', entity)),
              HINT = CASE WHEN is_own IS NULL THEN format('SELECT rollforward.open_batch(%L), then COPY into it.', entity)
                          ELSE 'DISCARD TEMP; names that begin with batch_ belong to rollforward.' END;
END
$$;

COMMENT ON FUNCTION rollforward.require_own_stage IS 'Refuses to go on without a stage, or with a table in its place';
