-- Rolls the positions forward: stage_position_snapshot, a row on each day a position moved.
--
-- Running totals of the day changes on top of the latest stored snapshot before the range, valued at the latest
-- close on or before the day.
--
-- relies on   position_snapshot_pkey, price_pkey: one descent per position, one per row
CREATE OR REPLACE FUNCTION rollforward.stage_position_snapshots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_position_snapshot
    WITH change AS (
        SELECT delta.position_no, delta.on_date,
               delta.long_units, delta.short_units, delta.long_cost, delta.short_cost, delta.gain, delta.dividends,
               delta.dividend_taxes, delta.options_income, delta.commissions, delta.fees
        FROM stage_delta AS delta
        WHERE delta.position_no IS NOT NULL
        UNION ALL
        -- what was there before is the change of a day before all others
        SELECT position.position_no, '-infinity',
               latest.long_quantity, latest.short_quantity, latest.long_cost, latest.short_cost, latest.realized_gains,
               latest.dividends, latest.dividend_taxes, latest.options_income, latest.commissions, latest.fees
        FROM stage_position AS position
        CROSS JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward_data.position_snapshot AS snapshot
            WHERE snapshot.account_id = position.account_id
              AND snapshot.instrument_id = position.instrument_id
              AND snapshot.currency = position.currency
              AND snapshot.snapshot_date < position.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
    ),
    rolled AS (
        SELECT change.position_no, change.on_date,
               rollforward.total(change.long_units) OVER position AS long_quantity,
               rollforward.total(change.short_units) OVER position AS short_quantity,
               rollforward.total(change.long_cost) OVER position AS long_cost,
               rollforward.total(change.short_cost) OVER position AS short_cost,
               rollforward.total(change.gain) OVER position AS realized_gains,
               rollforward.total(change.dividends) OVER position AS dividends,
               rollforward.total(change.dividend_taxes) OVER position AS dividend_taxes,
               rollforward.total(change.options_income) OVER position AS options_income,
               rollforward.total(change.commissions) OVER position AS commissions,
               rollforward.total(change.fees) OVER position AS fees
        FROM change
        WINDOW position AS (PARTITION BY change.position_no ORDER BY change.on_date ROWS UNBOUNDED PRECEDING)
    ),
    held AS (
        SELECT position.account_id, position.instrument_id, position.currency, rolled.on_date,
               position.multiplier, position.expiration, position.is_quoted,
               coalesce(rolled.long_quantity, 0) AS long_quantity,
               coalesce(rolled.short_quantity, 0) AS short_quantity,
               coalesce(rolled.long_cost, 0) AS long_cost,
               coalesce(rolled.short_cost, 0) AS short_cost,
               coalesce(rolled.realized_gains, 0) AS realized_gains,
               coalesce(rolled.dividends, 0) AS dividends,
               coalesce(rolled.dividend_taxes, 0) AS dividend_taxes,
               coalesce(rolled.options_income, 0) AS options_income,
               coalesce(rolled.commissions, 0) AS commissions,
               coalesce(rolled.fees, 0) AS fees
        FROM rolled
        JOIN stage_position AS position USING (position_no)
        WHERE rolled.on_date > '-infinity'
    )
    SELECT held.account_id,
           held.instrument_id,
           held.currency,
           held.on_date AS snapshot_date,
           priced.price_date,
           held.long_quantity::rollforward_data.exact_quantity AS long_quantity,
           held.short_quantity::rollforward_data.exact_quantity AS short_quantity,
           held.long_cost::rollforward_data.exact_money AS long_cost,
           held.short_cost::rollforward_data.exact_money AS short_cost,
           rollforward.market_value(
               held.long_quantity - held.short_quantity, held.long_cost - held.short_cost,
               priced.close, held.multiplier, held.on_date > held.expiration
           )::rollforward_data.exact_money AS market_value,
           held.realized_gains::rollforward_data.exact_money AS realized_gains,
           held.dividends::rollforward_data.exact_money AS dividends,
           held.dividend_taxes::rollforward_data.exact_money AS dividend_taxes,
           held.options_income::rollforward_data.exact_money AS options_income,
           held.commissions::rollforward_data.exact_money AS commissions,
           held.fees::rollforward_data.exact_money AS fees
    FROM held
    LEFT JOIN LATERAL (
        SELECT latest.price_date, latest.close
        FROM rollforward.close_as_of(held.account_id, held.instrument_id, held.on_date) AS latest
        WHERE held.is_quoted
          AND (held.long_quantity <> 0 OR held.short_quantity <> 0)
    ) AS priced ON true;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_position_snapshot', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_position_snapshots IS 'Rolls the staged positions forward, day by day';
