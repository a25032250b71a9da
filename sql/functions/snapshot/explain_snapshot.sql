-- The movements and lots that make up one figure of an account snapshot; their amounts add up to it.
--
-- account_id, currency   whose figure
-- snapshot_date          the day it is as of; the latest snapshot on or before it is explained
-- field                  movement_counter, deposited, withdrawn, invested, realized_gains, unrealized_gains,
--                        commissions, fees, options_income, dividends_received, other_income, net_cash_flow or
--                        cash_balance
-- returns                one row per movement or lot, oldest first. A lot names the movements that opened and
--                        closed it; what is unrealized has a row per position
-- errors                 22R01 an argument is NULL, the account is unknown, or there is no such figure
-- relies on              movement_in_order_idx, lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.explain_snapshot(account_id bigint, currency text, snapshot_date date, field text)
RETURNS TABLE (
    on_date date,
    source text,
    movement_id bigint,
    opened_by bigint,
    kind rollforward_data.movement_kind,
    symbol text,
    quantity numeric,
    amount numeric
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    explained_date date;
BEGIN
    PERFORM rollforward.require_accounts(ARRAY[explain_snapshot.account_id]);
    PERFORM rollforward.given(explain_snapshot.currency, 'currency');
    PERFORM rollforward.given(explain_snapshot.snapshot_date, 'snapshot_date');
    IF explain_snapshot.field IS NULL OR explain_snapshot.field NOT IN (
        'movement_counter', 'deposited', 'withdrawn', 'invested', 'realized_gains', 'unrealized_gains', 'commissions',
        'fees', 'options_income', 'dividends_received', 'other_income', 'net_cash_flow', 'cash_balance')
    THEN
        RAISE EXCEPTION 'no figure to explain: %', coalesce(explain_snapshot.field, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'field', 'value', explain_snapshot.field)),
                  HINT = 'Name a cumulative column of rollforward.account_snapshot; percentages and open_trades follow from these.';
    END IF;

    SELECT max(snapshot.snapshot_date) INTO explained_date
    FROM rollforward_data.account_snapshot AS snapshot
    WHERE snapshot.account_id = explain_snapshot.account_id
      AND snapshot.currency = explain_snapshot.currency
      AND snapshot.snapshot_date <= explain_snapshot.snapshot_date;

    RETURN QUERY
    SELECT movement.accounting_date, 'movement', movement.movement_id, NULL::bigint, movement.kind,
           instrument.symbol::text, movement.quantity::numeric, figure.amount
    FROM rollforward_data.movement
    LEFT JOIN rollforward_data.instrument USING (instrument_id)
    CROSS JOIN LATERAL rollforward.movement_contribution(
        movement.kind, coalesce(instrument.kind IN ('option', 'future_option'), false),
        movement.amount, movement.commission, movement.fee, movement.tax) AS contribution
    CROSS JOIN LATERAL (
        SELECT CASE explain_snapshot.field
                   WHEN 'movement_counter' THEN contribution.counted
                   WHEN 'deposited' THEN contribution.deposited
                   WHEN 'withdrawn' THEN contribution.withdrawn
                   WHEN 'commissions' THEN contribution.commissions
                   WHEN 'fees' THEN contribution.fees
                   WHEN 'options_income' THEN contribution.options_income
                   WHEN 'dividends_received' THEN
                       coalesce(contribution.dividends, 0) - coalesce(contribution.dividend_taxes, 0)
                   WHEN 'other_income' THEN contribution.other_income
                   WHEN 'cash_balance' THEN contribution.cash
                   WHEN 'net_cash_flow' THEN
                       coalesce(contribution.deposited, 0) - coalesce(contribution.withdrawn, 0)
                       + coalesce(contribution.dividends, 0) - coalesce(contribution.dividend_taxes, 0)
                       + coalesce(contribution.options_income, 0) + coalesce(contribution.other_income, 0)
                       - coalesce(contribution.commissions, 0) - coalesce(contribution.fees, 0)
               END AS amount
    ) AS figure
    WHERE movement.account_id = explain_snapshot.account_id
      AND movement.currency = explain_snapshot.currency
      AND movement.accounting_date <= explained_date
      AND figure.amount <> 0
    UNION ALL
    SELECT CASE explain_snapshot.field WHEN 'realized_gains' THEN slice.closed_on ELSE slice.opened_on END,
           'lot', CASE explain_snapshot.field WHEN 'realized_gains' THEN slice.closed_by END,
           slice.opened_by, NULL, instrument.symbol::text, slice.quantity::numeric,
           CASE explain_snapshot.field WHEN 'realized_gains' THEN slice.gain ELSE slice.cost END::numeric
    FROM rollforward_data.lot_slice AS slice
    JOIN rollforward_data.instrument USING (instrument_id)
    WHERE slice.account_id = explain_snapshot.account_id
      AND slice.currency = explain_snapshot.currency
      AND CASE explain_snapshot.field
              WHEN 'realized_gains' THEN
                  slice.closed_on <= explained_date AND slice.carried_to IS NULL
              WHEN 'invested' THEN
                  slice.entered_on <= explained_date
                  AND slice.closed_on > explained_date
                  AND slice.side = 'long'
                  AND instrument.kind NOT IN ('option', 'future_option')
              ELSE false
          END
    UNION ALL
    SELECT latest.snapshot_date, 'position', NULL, NULL, NULL, latest.symbol::text, latest.quantity::numeric,
           valued.market_value - (latest.market_value - latest.unrealized_gains)
    FROM (
        SELECT DISTINCT ON (snapshot.instrument_id) snapshot.*
        FROM rollforward.position_snapshot AS snapshot
        WHERE explain_snapshot.field = 'unrealized_gains'
          AND snapshot.account_id = explain_snapshot.account_id
          AND snapshot.currency = explain_snapshot.currency
          AND snapshot.snapshot_date <= explained_date
        ORDER BY snapshot.instrument_id, snapshot.snapshot_date DESC
    ) AS latest
    JOIN rollforward_data.instrument USING (instrument_id)
    LEFT JOIN LATERAL (
        SELECT price.close FROM rollforward_data.price
        WHERE price.instrument_id = latest.instrument_id
          AND price.price_date <= explained_date
        ORDER BY price.price_date DESC
        LIMIT 1
    ) AS priced ON true
    CROSS JOIN LATERAL (
        SELECT rollforward.market_value(
            latest.quantity, latest.market_value - latest.unrealized_gains, priced.close, instrument.multiplier,
            explained_date > instrument.expiration) AS market_value
    ) AS valued
    WHERE valued.market_value <> latest.market_value - latest.unrealized_gains
    ORDER BY 1, 3, 4;
END
$$;

COMMENT ON FUNCTION rollforward.explain_snapshot IS 'The movements and lots that make up one figure of an account snapshot';
