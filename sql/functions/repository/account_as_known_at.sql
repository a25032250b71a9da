-- Accounts as they were known at some moment, called by account_id.
--
-- as_of       what was recorded later is left out
-- returns     the version that stood then, in the order asked for; nothing for what was not there
-- errors      22R01 an argument is NULL
-- relies on   account_pkey, account_image_pkey
CREATE OR REPLACE FUNCTION rollforward.account_as_known_at(account_ids bigint[], as_of timestamptz)
RETURNS SETOF rollforward.account_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(account_as_known_at.as_of, 'as_of');
    PERFORM rollforward.given(account_as_known_at.account_ids, 'account_ids');

    RETURN QUERY
    SELECT latest.*
    FROM unnest(account_as_known_at.account_ids)
        WITH ORDINALITY AS asked (account_id, ordinal)
    CROSS JOIN LATERAL (
        SELECT known.*
        FROM rollforward.account_version AS known
        WHERE known.account_id = asked.account_id
          AND known.recorded_at <= account_as_known_at.as_of
        ORDER BY known.version DESC
        LIMIT 1
    ) AS latest
    WHERE latest.deleted_at IS NULL
       OR latest.deleted_at > account_as_known_at.as_of
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.account_as_known_at IS 'Accounts as they were known at some moment';
