-- Adds to the cumulative figures of a position, and notes that something moved it today.
CREATE OR REPLACE FUNCTION rollforward.reference_position_adds(
    state rollforward.reference_state,
    instrument_id bigint,
    currency text,
    realized_gains numeric DEFAULT 0,
    dividends numeric DEFAULT 0,
    dividend_taxes numeric DEFAULT 0,
    options_income numeric DEFAULT 0,
    commissions numeric DEFAULT 0,
    fees numeric DEFAULT 0
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place integer := 1;
    figures rollforward_data.position_snapshot;
BEGIN
    WHILE place <= cardinality(state.positions) LOOP
        figures := state.positions[place];
        EXIT WHEN figures.instrument_id = reference_position_adds.instrument_id
              AND figures.currency = reference_position_adds.currency;
        place := place + 1;
    END LOOP;
    IF place > cardinality(state.positions) THEN
        figures := ROW(state.account_id, instrument_id, currency, state.today, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    END IF;

    figures.snapshot_date := state.today;
    figures.realized_gains := figures.realized_gains + reference_position_adds.realized_gains;
    figures.dividends := figures.dividends + reference_position_adds.dividends;
    figures.dividend_taxes := figures.dividend_taxes + reference_position_adds.dividend_taxes;
    figures.options_income := figures.options_income + reference_position_adds.options_income;
    figures.commissions := figures.commissions + reference_position_adds.commissions;
    figures.fees := figures.fees + reference_position_adds.fees;
    state.positions[place] := figures;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_position_adds IS 'Reference: adds to the cumulative figures of a position';
