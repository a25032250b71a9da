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
    WITH rolled AS (
        SELECT delta.position_no, delta.on_date,
               rollforward.total(delta.long_units) OVER position AS long_quantity,
               rollforward.total(delta.short_units) OVER position AS short_quantity,
               rollforward.total(delta.long_cost) OVER position AS long_cost,
               rollforward.total(delta.short_cost) OVER position AS short_cost,
               rollforward.total(delta.gain) OVER position AS realized_gains,
               rollforward.total(delta.dividends) OVER position AS dividends,
               rollforward.total(delta.dividend_taxes) OVER position AS dividend_taxes,
               rollforward.total(delta.options_income) OVER position AS options_income,
               rollforward.total(delta.commissions) OVER position AS commissions,
               rollforward.total(delta.fees) OVER position AS fees
        FROM stage_delta AS delta
        WHERE delta.position_no IS NOT NULL
        WINDOW position AS (PARTITION BY delta.position_no ORDER BY delta.on_date ROWS UNBOUNDED PRECEDING)
    ),
    opening AS MATERIALIZED (
        SELECT position.*, latest.long_quantity, latest.short_quantity, latest.long_cost, latest.short_cost,
               latest.realized_gains, latest.dividends, latest.dividend_taxes, latest.options_income,
               latest.commissions, latest.fees
        FROM stage_position AS position
        LEFT JOIN LATERAL (
            SELECT snapshot.*
            FROM rollforward_data.position_snapshot AS snapshot
            WHERE snapshot.account_id = position.account_id
              AND snapshot.instrument_id = position.instrument_id
              AND snapshot.currency = position.currency
              AND snapshot.snapshot_date < position.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest ON true
    ),
    held AS (
        SELECT opening.account_id, opening.instrument_id, opening.currency, rolled.on_date,
               opening.multiplier, opening.expiration, opening.is_quoted,
               coalesce(opening.long_quantity, 0) + coalesce(rolled.long_quantity, 0) AS long_quantity,
               coalesce(opening.short_quantity, 0) + coalesce(rolled.short_quantity, 0) AS short_quantity,
               coalesce(opening.long_cost, 0) + coalesce(rolled.long_cost, 0) AS long_cost,
               coalesce(opening.short_cost, 0) + coalesce(rolled.short_cost, 0) AS short_cost,
               coalesce(opening.realized_gains, 0) + coalesce(rolled.realized_gains, 0) AS realized_gains,
               coalesce(opening.dividends, 0) + coalesce(rolled.dividends, 0) AS dividends,
               coalesce(opening.dividend_taxes, 0) + coalesce(rolled.dividend_taxes, 0) AS dividend_taxes,
               coalesce(opening.options_income, 0) + coalesce(rolled.options_income, 0) AS options_income,
               coalesce(opening.commissions, 0) + coalesce(rolled.commissions, 0) AS commissions,
               coalesce(opening.fees, 0) + coalesce(rolled.fees, 0) AS fees
        FROM rolled
        JOIN opening USING (position_no)
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
