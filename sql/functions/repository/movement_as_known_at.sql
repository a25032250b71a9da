-- Movements as they were known at some moment, called by account_id, movement_id.
--
-- as_of       what was recorded later is left out
-- returns     the version that stood then, in the order asked for; nothing for what was not there
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   movement_pkey, movement_image_pkey
CREATE OR REPLACE FUNCTION rollforward.movement_as_known_at(account_ids bigint[], movement_ids bigint[], as_of timestamptz)
RETURNS SETOF rollforward.movement_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(movement_as_known_at.as_of, 'as_of');
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(movement_as_known_at.account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(movement_as_known_at.movement_ids, 'movement_ids'))));

    RETURN QUERY
    SELECT latest.*
    FROM unnest(movement_as_known_at.account_ids, movement_as_known_at.movement_ids)
        WITH ORDINALITY AS asked (account_id, movement_id, ordinal)
    CROSS JOIN LATERAL (
        SELECT known.*
        FROM rollforward.movement_version AS known
        WHERE known.account_id = asked.account_id
          AND known.movement_id = asked.movement_id
          AND known.recorded_at <= movement_as_known_at.as_of
        ORDER BY known.version DESC
        LIMIT 1
    ) AS latest
    WHERE latest.deleted_at IS NULL
       OR latest.deleted_at > movement_as_known_at.as_of
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.movement_as_known_at IS 'Movements as they were known at some moment';
