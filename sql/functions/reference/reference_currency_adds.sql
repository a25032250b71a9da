-- Adds to the cumulative figures of the account in a currency, and notes that something moved it today.
CREATE OR REPLACE FUNCTION rollforward.reference_currency_adds(
    state rollforward.reference_state,
    currency text,
    movements integer DEFAULT 0,
    deposited numeric DEFAULT 0,
    withdrawn numeric DEFAULT 0,
    realized_gains numeric DEFAULT 0,
    dividends numeric DEFAULT 0,
    dividend_taxes numeric DEFAULT 0,
    options_income numeric DEFAULT 0,
    other_income numeric DEFAULT 0,
    commissions numeric DEFAULT 0,
    fees numeric DEFAULT 0,
    cash numeric DEFAULT 0,
    contributed numeric DEFAULT 0,
    lot_costs numeric DEFAULT 0
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place integer := 1;
    figures rollforward_data.account_snapshot;
BEGIN
    WHILE place <= cardinality(state.currencies) LOOP
        figures := state.currencies[place];
        EXIT WHEN figures.currency = reference_currency_adds.currency;
        place := place + 1;
    END LOOP;
    IF place > cardinality(state.currencies) THEN
        figures := ROW(state.account_id, currency, state.today, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    END IF;

    figures.snapshot_date := state.today;
    figures.movement_counter := figures.movement_counter + reference_currency_adds.movements;
    figures.deposited := figures.deposited + reference_currency_adds.deposited;
    figures.withdrawn := figures.withdrawn + reference_currency_adds.withdrawn;
    figures.realized_gains := figures.realized_gains + reference_currency_adds.realized_gains;
    figures.dividends_received := figures.dividends_received + reference_currency_adds.dividends
                                  - reference_currency_adds.dividend_taxes;
    figures.dividend_taxes := figures.dividend_taxes + reference_currency_adds.dividend_taxes;
    figures.options_income := figures.options_income + reference_currency_adds.options_income;
    figures.other_income := figures.other_income + reference_currency_adds.other_income;
    figures.commissions := figures.commissions + reference_currency_adds.commissions;
    figures.fees := figures.fees + reference_currency_adds.fees;
    figures.cash_balance := figures.cash_balance + reference_currency_adds.cash;
    figures.contributed := figures.contributed + reference_currency_adds.contributed;
    figures.lot_costs := figures.lot_costs + reference_currency_adds.lot_costs;
    state.currencies[place] := figures;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_currency_adds IS 'Reference: adds to the cumulative figures of an account and currency';
