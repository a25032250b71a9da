-- Which of the accounts are stale because they hold other lots than were transferred to them: who gave them was computed since.
--
-- Not who is stale for other reasons: facts that others record meanwhile are for the next calculation, or a calculation would not
-- end as long as they record, and nobody else would get at its accounts.
--
-- account_ids   NULL means all
-- end_date      arrivals of later days do not count
-- relies on     movement_transfer_of_account_idx: where nobody has received securities, nothing else is read
CREATE OR REPLACE FUNCTION rollforward.waiting_receivers(account_ids bigint[], end_date date)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    instrument_ids CONSTANT bigint[] := ARRAY(
        SELECT DISTINCT arrival.instrument_id
        FROM (SELECT DISTINCT mark.account_id
              FROM rollforward_data.stale_mark AS mark
              WHERE (account_ids IS NULL OR mark.account_id = ANY (account_ids))
                AND mark.from_date <= end_date) AS stale
        JOIN rollforward_data.movement AS arrival USING (account_id)
        WHERE arrival.kind = 'securities_in');
BEGIN
    IF instrument_ids = '{}' THEN
        RETURN;
    END IF;

    RETURN QUERY
    SELECT DISTINCT arrival.account_id
    FROM rollforward.differing_arrivals(instrument_ids) AS arrival
    WHERE (account_ids IS NULL OR arrival.account_id = ANY (account_ids))
      AND arrival.accounting_date <= end_date
      -- else computing it would not change what arrived
      AND EXISTS (
          SELECT FROM rollforward_data.stale_mark AS mark
          WHERE mark.account_id = arrival.account_id
            AND mark.from_date <= arrival.accounting_date)
    ORDER BY arrival.account_id;
END
$$;

COMMENT ON FUNCTION rollforward.waiting_receivers IS 'Which of the accounts are stale because they hold other lots than were transferred to them';
