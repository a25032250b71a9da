-- One trading day: what the account is worth in its base currency, and why that changed since the trading day before.
--
-- Amounts are added up in each currency, then converted at today's rate, then added. What depends on an amount in a
-- currency without a rate is NULL, and so is every sum that contains it.
--
-- returns   the state with the row of today, ready for what happens until the next trading day
CREATE OR REPLACE FUNCTION rollforward.reference_equity(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_first boolean := (state.equity).snapshot_date IS NULL;
    today rollforward_data.equity_snapshot;
    figures rollforward_data.account_snapshot;
    before rollforward_data.account_snapshot;
    counted rollforward_data.account_snapshot[] := '{}';
    holdings record;
    transferred record;
    rate numeric;
    net_flow numeric;
    realized numeric;
    transferred_gain numeric := 0;
    income numeric;
    costs numeric;
BEGIN
    today := ROW(state.account_id, state.today, state.base_currency,
                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0);

    FOREACH figures IN ARRAY state.currencies LOOP
        SELECT * INTO before FROM unnest(state.counted) AS earlier WHERE earlier.currency = figures.currency;
        IF NOT FOUND THEN
            before := ROW(state.account_id, figures.currency, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        END IF;
        holdings := rollforward.reference_holdings(state, figures.currency);
        transferred := rollforward.reference_transferred(state, figures.currency);
        figures.unrealized_gains := holdings.unrealized;
        counted := counted || figures;

        net_flow := figures.contributed - before.contributed + transferred.value;
        realized := figures.realized_gains - before.realized_gains;
        income := figures.dividends_received + figures.other_income - before.dividends_received - before.other_income;
        costs := figures.commissions + figures.fees - figures.lot_costs
                 - (before.commissions + before.fees - before.lot_costs);

        rate := (SELECT known.rate
                 FROM rollforward.fx_rate_at(figures.currency, state.base_currency, state.today) AS known);
        IF rate IS NULL AND 0 <> ANY (ARRAY[
            figures.cash_balance, holdings.long_value, holdings.short_value, holdings.unrealized,
            net_flow, realized, transferred.value - transferred.cost, income, costs])
        THEN
            today.rates_missing := today.rates_missing + 1;
        END IF;
        today.cash := today.cash + rollforward.reference_converted(figures.cash_balance, rate);
        today.long_value := today.long_value + rollforward.reference_converted(holdings.long_value, rate);
        today.short_value := today.short_value + rollforward.reference_converted(holdings.short_value, rate);
        today.unrealized := today.unrealized + rollforward.reference_converted(holdings.unrealized, rate);
        today.net_flow := today.net_flow + rollforward.reference_converted(net_flow, rate);
        today.realized_pnl := today.realized_pnl + rollforward.reference_converted(realized, rate);
        transferred_gain := transferred_gain + rollforward.reference_converted(transferred.value - transferred.cost, rate);
        today.income := today.income + rollforward.reference_converted(income, rate);
        today.costs := today.costs + rollforward.reference_converted(costs, rate);

        today.positions_priced := today.positions_priced + holdings.priced;
        today.positions_carried := today.positions_carried + holdings.carried;
        today.positions_unpriced := today.positions_unpriced + holdings.unpriced;
        today.oldest_price_age_days := greatest(today.oldest_price_age_days, holdings.oldest_price_age_days);
    END LOOP;

    today.closing_equity := today.cash + today.long_value + today.short_value;
    today.cumulative_flow := today.net_flow;
    today.unrealized_change := today.unrealized - transferred_gain;
    IF NOT is_first THEN
        today.unrealized_change := today.unrealized - (state.equity).unrealized - transferred_gain;
        today.opening_equity := (state.equity).closing_equity;
        today.cumulative_flow := (state.equity).cumulative_flow + today.net_flow;
    END IF;
    today.pnl := today.closing_equity - today.opening_equity - today.net_flow;
    today.cumulative_pnl := today.pnl;
    IF NOT is_first THEN
        today.cumulative_pnl := (state.equity).cumulative_pnl + today.pnl;
    END IF;
    today.other_pnl := today.pnl - today.realized_pnl - today.unrealized_change - today.income + today.costs;
    today.open_positions := today.positions_priced + today.positions_carried + today.positions_unpriced;

    state.equity := today;
    state.counted := counted;
    state.arrived := '{}';
    state.departed := '{}';
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_equity IS 'Reference: what an account is worth on a trading day, and why';
