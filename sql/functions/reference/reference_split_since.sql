-- What splits since a day have made of units of a position: so many new ones of so many old.
--
-- Splits behind the day, up to today, without change of instrument: rows of split, and what the account has booked itself
-- in the position's currency.
CREATE OR REPLACE FUNCTION rollforward.reference_split_since(
    state rollforward.reference_state,
    instrument_id bigint,
    currency text,
    since date,
    OUT new_units numeric,
    OUT old_units numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    split record;
BEGIN
    new_units := 1;
    old_units := 1;
    FOR split IN
        SELECT known.quantity, known.per_quantity
        FROM rollforward_data.split AS known
        WHERE known.instrument_id = reference_split_since.instrument_id
          AND known.to_instrument_id IS NULL
          AND known.split_date > since AND known.split_date <= state.today
          AND NOT rollforward.reference_has_booked_split(state.account_id, known.instrument_id, known.split_date)
        UNION ALL
        SELECT booked.quantity, booked.per_quantity
        FROM rollforward_data.movement AS booked
        WHERE booked.account_id = state.account_id
          AND booked.kind = 'split'
          AND booked.instrument_id = reference_split_since.instrument_id
          AND booked.currency = reference_split_since.currency
          AND booked.to_instrument_id IS NULL
          AND booked.accounting_date > since AND booked.accounting_date <= state.today
    LOOP
        new_units := new_units * split.quantity;
        old_units := old_units * split.per_quantity;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.reference_split_since IS 'Reference: what splits since a day have made of units';
