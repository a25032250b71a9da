-- Books a movement: its cash, and what its kind stands for, in the figures of its account and of its position.
CREATE OR REPLACE FUNCTION rollforward.reference_book(
    state rollforward.reference_state,
    event rollforward_data.movement
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    commission numeric := event.commission;
    commission_elsewhere numeric := 0;
    fees numeric := event.fee;
    deposited numeric := 0;
    withdrawn numeric := 0;
    other_income numeric := 0;
    dividends numeric := 0;
    dividend_taxes numeric := 0;
    options_income numeric := 0;
    contributed numeric := 0;
    lot_costs numeric := 0;
BEGIN
    IF event.commission_currency <> event.currency THEN
        commission := 0;
        commission_elsewhere := event.commission;
    END IF;

    IF event.kind IN ('deposit', 'cash_in') OR event.kind = 'conversion' AND event.amount > 0 THEN
        deposited := event.amount;
    ELSIF event.kind IN ('withdrawal', 'cash_out', 'conversion') THEN
        withdrawn := -event.amount;
    ELSIF event.kind IN ('fee', 'adjustment') THEN
        fees := fees - event.amount;
    ELSIF event.kind IN ('interest', 'interest_paid', 'lending') THEN
        other_income := event.amount;
    ELSIF event.kind = 'dividend' THEN
        dividends := event.amount;
        dividend_taxes := event.tax;
    ELSIF event.kind = 'dividend_tax' THEN
        dividend_taxes := -event.amount;
    ELSIF event.kind IN ('buy', 'sell', 'expiration', 'assignment', 'exercise')
          AND rollforward.reference_is_option(event.instrument_id) THEN
        options_income := event.amount;
    END IF;
    IF event.kind <> 'dividend' THEN
        fees := fees + event.tax;
    END IF;
    IF event.kind IN ('deposit', 'withdrawal', 'cash_in', 'cash_out', 'securities_in', 'securities_out') THEN
        contributed := event.amount;
    ELSIF event.kind IN ('buy', 'sell', 'expiration', 'assignment', 'exercise') AND state.costs_in_lot THEN
        lot_costs := commission + event.fee + event.tax;
    END IF;

    state := rollforward.reference_currency_adds(
        state, event.currency, movements => 1, deposited => deposited, withdrawn => withdrawn,
        dividends => dividends, dividend_taxes => dividend_taxes, options_income => options_income,
        other_income => other_income, commissions => commission, fees => fees,
        cash => event.amount - commission - event.fee - event.tax, contributed => contributed, lot_costs => lot_costs);
    IF event.instrument_id IS NOT NULL THEN
        state := rollforward.reference_position_adds(
            state, event.instrument_id, event.currency, dividends => dividends, dividend_taxes => dividend_taxes,
            options_income => options_income, commissions => commission, fees => fees);
    END IF;

    -- Two things may happen in another currency: the other side of a conversion, and the commission.
    IF event.kind = 'conversion' THEN
        state := rollforward.reference_currency_adds(
            state, event.counter_currency, deposited => greatest(event.counter_amount, 0),
            withdrawn => greatest(-event.counter_amount, 0), cash => event.counter_amount);
    END IF;
    IF commission_elsewhere <> 0 THEN
        state := rollforward.reference_currency_adds(
            state, event.commission_currency, commissions => commission_elsewhere, cash => -commission_elsewhere);
    END IF;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_book IS 'Reference: books cash and cumulative figures of a movement';
