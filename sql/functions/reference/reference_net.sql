-- Net of a movement: its amount, less costs where they belong to lots, with the premium that options added to it.
CREATE OR REPLACE FUNCTION rollforward.reference_net(state rollforward.reference_state, event rollforward_data.movement)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    net numeric := event.amount;
BEGIN
    IF state.costs_in_lot THEN
        net := net - event.fee - event.tax;
        IF coalesce(event.commission_currency, event.currency) = event.currency THEN
            net := net - event.commission;
        END IF;
    END IF;
    RETURN net + coalesce((state.premiums ->> event.movement_id::text)::numeric, 0);
END
$$;

COMMENT ON FUNCTION rollforward.reference_net IS 'Reference: what a movement brought in or cost its lots';
