-- Refuses a staged batch if anything is wrong with it; else does nothing.
--
-- errors   23R02 nothing is wrong but versions: rows have been changed by others
--          23R01 otherwise. The message says how many offences there are; DETAIL lists the first hundred, each with ordinal,
--                code, field, value and message
CREATE OR REPLACE FUNCTION rollforward.refuse_batch(entity text, operation text, on_conflict text DEFAULT 'error')
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    total bigint;
    only_stale boolean;
    first_offence rollforward.batch_offence;
    listed jsonb;
BEGIN
    SELECT count(*), bool_and(offence.code = 'stale_version'),
           jsonb_agg(jsonb_build_object('ordinal', offence.ordinal, 'code', offence.code, 'field', offence.field,
                                        'value', left(offence.value, 200), 'message', offence.message)
                     ORDER BY offence.place)
               FILTER (WHERE offence.place <= 100)
    INTO total, only_stale, listed
    FROM rollforward.batch_offences(entity, operation, on_conflict)
        WITH ORDINALITY AS offence (ordinal, code, field, value, message, place);
    IF total = 0 THEN
        RETURN;
    END IF;

    first_offence := jsonb_populate_record(NULL::rollforward.batch_offence, listed -> 0);
    RAISE EXCEPTION '% of % refused, %: row %, % %: %',
        operation, entity, CASE total WHEN 1 THEN '1 offence' ELSE total || ' offences' END,
        first_offence.ordinal, first_offence.field, coalesce(first_offence.value, 'NULL'), first_offence.message
        USING ERRCODE = CASE WHEN only_stale THEN '23R02' ELSE '23R01' END,
              SCHEMA = 'rollforward_data', TABLE = entity,
              DETAIL = listed,
              HINT = CASE WHEN only_stale THEN 'Load the rows again: somebody has changed them since.'
                          WHEN operation = 'save' THEN format('validate_%s_batch lists all of them.', entity)
                          ELSE 'Nothing was changed.'
                     END;
END
$$;

COMMENT ON FUNCTION rollforward.refuse_batch IS 'Refuses a staged batch if anything is wrong with it';
