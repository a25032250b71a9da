-- Recomputes by the reference and reports every field in which stored data differs; no row means it is right.
--
-- Equity is compared where an account is settled, and as far as it was computed: behind the last row and the last account
-- snapshot that are stored, nobody has asked for it yet.
--
-- account_ids            accounts to verify; NULL means all
-- start_date, end_date   restrict what is compared to snapshots, and lots closed, between them; NULL means open
-- returns                one row per differing field; stored is NULL where a row is missing, expected where it
--                        should not be. An account whose figures cannot be recomputed, as where they are too large to be
--                        kept, has one row: object account, field error, and the error as expected
-- errors                 22R01 an account is unknown or the range is upside down
CREATE OR REPLACE FUNCTION rollforward.verify(
    account_ids bigint[] DEFAULT NULL,
    start_date date DEFAULT NULL,
    end_date date DEFAULT NULL
)
RETURNS TABLE (account_id bigint, object text, key jsonb, field text, stored text, expected text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
#variable_conflict use_column
DECLARE
    first_date date := coalesce(verify.start_date, '-infinity');
    last_date date := coalesce(verify.end_date, 'infinity');
    subject bigint;
    last_equity_date date;
BEGIN
    PERFORM rollforward.require_range(first_date, last_date);
    IF verify.account_ids IS NOT NULL THEN
        PERFORM rollforward.require_accounts(verify.account_ids);
    END IF;

    FOR subject IN
        SELECT account.account_id FROM rollforward_data.account
        WHERE verify.account_ids IS NULL OR account.account_id = ANY (verify.account_ids)
        ORDER BY account.account_id
    LOOP
        SELECT least(settled.settled_until, last_date, greatest(
                   (SELECT max(row.snapshot_date) FROM rollforward_data.equity_snapshot AS row
                    WHERE row.account_id = subject),
                   (SELECT max(row.snapshot_date) FROM rollforward_data.account_snapshot AS row
                    WHERE row.account_id = subject)))
        INTO last_equity_date
        FROM rollforward.settled_account AS settled
        WHERE settled.account_id = subject;

        BEGIN
            RETURN QUERY
            WITH reference AS (
                SELECT reference.object, reference.content
                FROM rollforward.reference_rows(subject, last_date) AS reference
            ),
            stored AS (
                SELECT 'lot_slice' AS object, to_jsonb(slice) AS content
                FROM rollforward_data.lot_slice AS slice
                WHERE slice.account_id = subject
                UNION ALL
                SELECT 'position_snapshot', to_jsonb(snapshot)
                FROM rollforward_data.position_snapshot AS snapshot
                WHERE snapshot.account_id = subject
                UNION ALL
                SELECT 'account_snapshot', to_jsonb(snapshot)
                FROM rollforward_data.account_snapshot AS snapshot
                WHERE snapshot.account_id = subject
                UNION ALL
                SELECT 'equity_snapshot', to_jsonb(snapshot)
                FROM rollforward_data.equity_snapshot AS snapshot
                WHERE snapshot.account_id = subject
            ),
            keyed AS (
                SELECT side.is_stored, side.object, side.content,
                       CASE side.object
                           WHEN 'lot_slice' THEN jsonb_build_object(
                               'opened_by', side.content -> 'opened_by', 'entered_by', side.content -> 'entered_by',
                               'instrument_id', side.content -> 'instrument_id', 'lot_offset', side.content -> 'lot_offset')
                           WHEN 'position_snapshot' THEN jsonb_build_object(
                               'instrument_id', side.content -> 'instrument_id', 'currency', side.content -> 'currency',
                               'snapshot_date', side.content -> 'snapshot_date')
                           WHEN 'account_snapshot' THEN jsonb_build_object(
                               'currency', side.content -> 'currency', 'snapshot_date', side.content -> 'snapshot_date')
                           ELSE jsonb_build_object('snapshot_date', side.content -> 'snapshot_date')
                       END AS key
                FROM (SELECT false AS is_stored, reference.* FROM reference
                      UNION ALL
                      SELECT true, stored.* FROM stored) AS side
                WHERE coalesce(side.content ->> 'snapshot_date', side.content ->> 'closed_on')::date
                      BETWEEN first_date AND CASE side.object WHEN 'equity_snapshot' THEN last_equity_date ELSE last_date END
            ),
            field AS (
                SELECT keyed.is_stored, keyed.object, keyed.key, item.key AS field, item.value
                FROM keyed
                CROSS JOIN LATERAL jsonb_each(keyed.content - ARRAY['account_id']) AS item
            )
            SELECT subject,
                   coalesce(now.object, wanted.object),
                   coalesce(now.key, wanted.key),
                   coalesce(now.field, wanted.field),
                   now.value #>> '{}',
                   wanted.value #>> '{}'
            FROM (SELECT * FROM field WHERE is_stored) AS now
            FULL JOIN (SELECT * FROM field WHERE NOT is_stored) AS wanted
                ON wanted.object = now.object AND wanted.key = now.key AND wanted.field = now.field
            WHERE now.value IS DISTINCT FROM wanted.value
            ORDER BY 2, 3, 4;
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
                RAISE;
            WHEN OTHERS THEN
                RETURN QUERY VALUES (subject, 'account', '{}'::jsonb, 'error', NULL, format('%s: %s', SQLSTATE, SQLERRM));
        END;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.verify IS 'Recomputes by the reference and reports every field in which stored data differs';
