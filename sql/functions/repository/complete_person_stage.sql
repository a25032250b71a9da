-- Completes staged persons by what calls them.
--
-- on_conflict   unless it is error, rows that are stored already are given their key
CREATE OR REPLACE FUNCTION rollforward.complete_person_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE batch_person AS staged
    SET person_id = known.person_id
    FROM rollforward_data.person AS known
    WHERE complete_person_stage.on_conflict <> 'error'
      AND staged.person_id IS NULL
      AND known.name = staged.name;
END
$$;

COMMENT ON FUNCTION rollforward.complete_person_stage IS 'Completes staged persons by what calls them';
