-- All versions of movements, called by account_id, movement_id.
--
-- returns     in the order asked for, each in the order of its versions; nothing for what never was
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   movement_pkey, movement_image_pkey
CREATE OR REPLACE FUNCTION rollforward.movement_history(account_ids bigint[], movement_ids bigint[])
RETURNS SETOF rollforward.movement_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(movement_history.account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(movement_history.movement_ids, 'movement_ids'))));

    RETURN QUERY
    SELECT known.*
    FROM unnest(movement_history.account_ids, movement_history.movement_ids)
        WITH ORDINALITY AS asked (account_id, movement_id, ordinal)
    JOIN rollforward.movement_version AS known USING (account_id, movement_id)
    ORDER BY asked.ordinal, known.version;
END
$$;

COMMENT ON FUNCTION rollforward.movement_history IS 'All versions of movements';
