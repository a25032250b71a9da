-- The movements and lots that make up one figure of an account snapshot; their amounts add up to it.
--
-- account_id, currency   whose figure
-- snapshot_date          the day it is as of; the latest snapshot on or before it is explained
-- field                  movement_counter, deposited, withdrawn, invested, realized_gains, unrealized_gains,
--                        market_value, commissions, fees, options_income, dividends_received, dividend_taxes,
--                        other_income, net_cash_flow or cash_balance
-- returns                one row per movement or lot, oldest first. A lot names the movements that opened and
--                        closed it; what is held, and what it is worth, has a row per position
-- errors                 22R01 an argument is NULL, the account is unknown, or there is no such figure
-- relies on              movement_in_order_idx, lot_slice_closed_idx, position_snapshot_pkey
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
        'movement_counter', 'deposited', 'withdrawn', 'invested', 'realized_gains', 'unrealized_gains', 'market_value',
        'commissions', 'fees', 'options_income', 'dividends_received', 'dividend_taxes', 'other_income', 'net_cash_flow',
        'cash_balance')
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
    SELECT leg.accounting_date, 'movement', leg.movement_id, NULL::bigint, leg.kind,
           instrument.symbol::text, movement.quantity::numeric, figure.amount
    FROM rollforward.movement_leg AS leg
    JOIN rollforward_data.movement
        ON movement.account_id = leg.account_id
       AND movement.movement_id = leg.movement_id
    LEFT JOIN rollforward_data.instrument ON instrument.instrument_id = leg.instrument_id
    CROSS JOIN LATERAL rollforward.movement_contribution(
        leg.kind, leg.is_main AND coalesce(instrument.kind IN ('option', 'future_option'), false),
        leg.amount, leg.commission, leg.fee, leg.tax) AS contribution
    CROSS JOIN LATERAL (
        SELECT CASE explain_snapshot.field
                   WHEN 'movement_counter' THEN CASE WHEN leg.is_main THEN contribution.counted END
                   WHEN 'deposited' THEN contribution.deposited
                   WHEN 'withdrawn' THEN contribution.withdrawn
                   WHEN 'commissions' THEN contribution.commissions
                   WHEN 'fees' THEN contribution.fees
                   WHEN 'options_income' THEN contribution.options_income
                   WHEN 'dividends_received' THEN
                       coalesce(contribution.dividends, 0) - coalesce(contribution.dividend_taxes, 0)
                   WHEN 'dividend_taxes' THEN contribution.dividend_taxes
                   WHEN 'other_income' THEN contribution.other_income
                   WHEN 'cash_balance' THEN contribution.cash
                   WHEN 'net_cash_flow' THEN
                       coalesce(contribution.deposited, 0) - coalesce(contribution.withdrawn, 0)
                       + coalesce(contribution.dividends, 0) - coalesce(contribution.dividend_taxes, 0)
                       + coalesce(contribution.options_income, 0) + coalesce(contribution.other_income, 0)
                       - coalesce(contribution.commissions, 0) - coalesce(contribution.fees, 0)
               END AS amount
    ) AS figure
    WHERE leg.account_id = explain_snapshot.account_id
      AND leg.currency = explain_snapshot.currency
      AND leg.accounting_date <= explained_date
      AND figure.amount <> 0
    UNION ALL
    SELECT slice.closed_on, 'lot', slice.closed_by, slice.opened_by, NULL, instrument.symbol::text,
           slice.quantity::numeric, slice.gain::numeric
    FROM rollforward_data.lot_slice AS slice
    JOIN rollforward_data.instrument USING (instrument_id)
    WHERE explain_snapshot.field = 'realized_gains'
      AND slice.account_id = explain_snapshot.account_id
      AND slice.currency = explain_snapshot.currency
      AND slice.closed_on <= explained_date
      AND slice.carried_to IS NULL
    UNION ALL
    SELECT held.moved_on, 'position', NULL, NULL, NULL, instrument.symbol::text,
           held.long_quantity - held.short_quantity, figure.amount
    FROM rollforward.holdings_as_of(ARRAY[explain_snapshot.account_id], explained_date) AS held
    JOIN rollforward_data.instrument USING (instrument_id)
    CROSS JOIN LATERAL (
        SELECT CASE explain_snapshot.field
                   WHEN 'invested' THEN
                       CASE WHEN instrument.kind IN ('option', 'future_option') THEN 0 ELSE held.long_cost END
                   WHEN 'market_value' THEN held.market_value
                   WHEN 'unrealized_gains' THEN held.market_value - held.long_cost + held.short_cost
               END AS amount
    ) AS figure
    WHERE held.currency = explain_snapshot.currency
      AND figure.amount <> 0
    ORDER BY 1, 3, 4;
END
$$;

COMMENT ON FUNCTION rollforward.explain_snapshot IS 'The movements and lots that make up one figure of an account snapshot';
