-- Whether there are movements of these keys: account_id, movement_id.
--
-- returns     a row for each place in the arrays, in their order; version is NULL where there is none
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   movement_pkey
CREATE OR REPLACE FUNCTION rollforward.exists_movement_batch(account_ids bigint[], movement_ids bigint[])
RETURNS TABLE (ordinal integer, account_id bigint, movement_id bigint, is_known boolean, version integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(exists_movement_batch.account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(exists_movement_batch.movement_ids, 'movement_ids'))));

    RETURN QUERY
    SELECT asked.ordinal::integer, asked.account_id, asked.movement_id, known.version IS NOT NULL, known.version
    FROM unnest(account_ids, movement_ids)
        WITH ORDINALITY AS asked (account_id, movement_id, ordinal)
    LEFT JOIN rollforward_data.movement AS known USING (account_id, movement_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.exists_movement_batch IS 'Whether there are movements of these keys';
