-- Of a list of accounts those to which no other of the list gives securities; all of them where they go round in a circle.
--
-- relies on   movement_transfer_of_account_idx: one descent per account; movement_transfer_idx
CREATE OR REPLACE FUNCTION rollforward.independent_accounts(account_ids bigint[])
RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    instrument_ids bigint[];
    independent bigint[];
BEGIN
    SELECT array_agg(DISTINCT movement.instrument_id)
    INTO instrument_ids
    FROM unnest(account_ids) AS listed (account_id)
    JOIN rollforward_data.movement USING (account_id)
    WHERE movement.kind = 'securities_in';
    IF instrument_ids IS NULL THEN
        RETURN account_ids;
    END IF;

    SELECT array_agg(listed.account_id)
    INTO independent
    FROM unnest(account_ids) AS listed (account_id)
    WHERE listed.account_id NOT IN (
        SELECT stretch.to_account_id
        FROM rollforward.transfer_stretches(instrument_ids) AS stretch
        WHERE stretch.from_account_id = ANY (account_ids)
          AND stretch.to_account_id = ANY (account_ids));
    RETURN coalesce(independent, account_ids);
END
$$;

COMMENT ON FUNCTION rollforward.independent_accounts IS 'Of a list of accounts those to which no other of the list gives securities';
