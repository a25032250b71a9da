-- Keeps rollforward_data.position complete for the staged positions: which an account has or had, and until when.
--
-- relies on   position_snapshot_pkey: one descent per position
CREATE OR REPLACE FUNCTION rollforward.store_positions()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH last_row AS (
        SELECT staged.account_id, staged.instrument_id, staged.currency,
               CASE WHEN latest.long_quantity <> 0 OR latest.short_quantity <> 0 THEN 'infinity'
                    ELSE latest.snapshot_date
               END AS held_until
        FROM stage_position AS staged
        LEFT JOIN LATERAL (
            SELECT snapshot.snapshot_date, snapshot.long_quantity, snapshot.short_quantity
            FROM rollforward_data.position_snapshot AS snapshot
            WHERE snapshot.account_id = staged.account_id
              AND snapshot.instrument_id = staged.instrument_id
              AND snapshot.currency = staged.currency
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest ON true
    ),
    gone AS (
        DELETE FROM rollforward_data.position AS known
        USING last_row
        WHERE last_row.held_until IS NULL
          AND known.account_id = last_row.account_id
          AND known.instrument_id = last_row.instrument_id
          AND known.currency = last_row.currency
    )
    INSERT INTO rollforward_data.position AS known (account_id, instrument_id, currency, held_until)
    SELECT account_id, instrument_id, currency, held_until
    FROM last_row
    WHERE held_until IS NOT NULL
    ORDER BY account_id, instrument_id, currency
    ON CONFLICT ON CONSTRAINT position_pkey DO UPDATE
    SET held_until = excluded.held_until,
        written_in = excluded.written_in
    WHERE known.held_until <> excluded.held_until;
END
$$;

COMMENT ON FUNCTION rollforward.store_positions IS 'Keeps the list of positions that an account has or had complete';
