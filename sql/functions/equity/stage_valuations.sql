-- Stages which accounts are valued, from which day to which: stage_valuation.
--
-- From behind the last row that stands, or from the first account snapshot. To the end of the range, if it has one, but not
-- into days of which nothing can be known yet; else as far as prices and the account's movements go, or it was to go before.
--
-- relies on   account_snapshot_pkey, equity_snapshot_pkey, valued_account_pkey: descents per account; price_date_idx: one
CREATE OR REPLACE FUNCTION rollforward.stage_valuations(end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_price_date date;
    rows_staged bigint;
BEGIN
    SELECT max(price_date) INTO last_price_date FROM rollforward_data.price;

    INSERT INTO stage_valuation
    SELECT scope.account_id, account.base_currency, coalesce(account.calendar, ''), beginning.from_date,
           greatest(span.first_date, standing.snapshot_date + 1) AS first_date,
           greatest(
               last_price_date,
               CASE WHEN isfinite(stage_valuations.end_date) THEN rollforward.today() ELSE asked.valued_until END) AS known_date,
           greatest(last_price_date, asked.valued_until) AS reach_date,
           span.last_date AS moved_date,
           stage_valuations.end_date,
           standing.closing_equity, standing.unrealized, standing.cumulative_flow, standing.cumulative_pnl,
           standing.snapshot_date IS NOT NULL AS has_standing
    FROM stage_scope AS scope
    JOIN rollforward_data.account USING (account_id)
    LEFT JOIN LATERAL (
        SELECT min(first_row.snapshot_date) AS first_date, max(latest.snapshot_date) AS last_date
        FROM rollforward_data.account_currency AS held
        CROSS JOIN LATERAL (
            SELECT snapshot.snapshot_date
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = held.account_id
              AND snapshot.currency = held.currency
            ORDER BY snapshot.snapshot_date
            LIMIT 1
        ) AS first_row
        CROSS JOIN LATERAL (
            SELECT snapshot.snapshot_date
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = held.account_id
              AND snapshot.currency = held.currency
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
        WHERE held.account_id = scope.account_id
    ) AS span ON true
    LEFT JOIN rollforward_data.valued_account AS asked
        ON asked.account_id = scope.account_id
    CROSS JOIN LATERAL (
        -- rows that something reached which was taken back since have lost their reason, though they lie before it
        SELECT CASE WHEN EXISTS (
                             SELECT FROM rollforward_data.equity_snapshot AS beyond
                             WHERE beyond.account_id = scope.account_id
                               AND beyond.snapshot_date > greatest(last_price_date, asked.valued_until, span.last_date)
                               AND beyond.snapshot_date < scope.from_date)
                    THEN least(scope.from_date, 1 + greatest(
                             last_price_date, asked.valued_until,
                             rollforward.next_trading_day(account.calendar, span.last_date)))
                    ELSE scope.from_date
               END AS from_date
    ) AS beginning
    LEFT JOIN LATERAL (
        SELECT equity.snapshot_date, equity.closing_equity, equity.unrealized, equity.cumulative_flow, equity.cumulative_pnl
        FROM rollforward_data.equity_snapshot AS equity
        WHERE equity.account_id = scope.account_id
          AND equity.snapshot_date < beginning.from_date
          AND equity.snapshot_date >= span.first_date
        ORDER BY equity.snapshot_date DESC
        LIMIT 1
    ) AS standing ON true;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;

    INSERT INTO rollforward_data.valued_account AS asked (account_id, valued_until)
    SELECT valuation.account_id, least(valuation.known_date, stage_valuations.end_date)
    FROM stage_valuation AS valuation
    WHERE isfinite(stage_valuations.end_date)
      AND least(valuation.known_date, stage_valuations.end_date)
          > greatest(last_price_date, valuation.moved_date)
    ORDER BY valuation.account_id
    ON CONFLICT ON CONSTRAINT valued_account_pkey DO UPDATE
    SET valued_until = excluded.valued_until
    WHERE asked.valued_until < excluded.valued_until;

    PERFORM rollforward.analyze_stage('pg_temp.stage_valuation', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_valuations IS 'Stages which accounts are valued, from which day to which';
