-- Decides which premiums of today go from assigned and exercised options to the shares delivered.
--
-- Events of one underlying, strike, direction and currency count together. Only if all their units are delivered, their
-- premium moves; it is what the options would gain.
--
-- closed    slices that ended in a trial of the day, without any premium moved
-- returns   the state in the morning, knowing what each delivery of today gets
CREATE OR REPLACE FUNCTION rollforward.reference_move_premiums(
    state rollforward.reference_state,
    closed rollforward_data.lot_slice[]
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bundle record;
    premium numeric;
    delivery record;
    done numeric;
    deliveries jsonb;
    shared numeric;
BEGIN
    FOR bundle IN
        SELECT event.currency, contract.underlying, contract.strike,
               CASE WHEN (event.kind = 'assignment') = (contract.option_right = 'call') THEN 'sell' ELSE 'buy'
               END AS delivered_by,
               sum(event.quantity * contract.multiplier) AS units,
               array_agg(event.movement_id) AS events,
               array_agg(event.occurred_at) AS instants
        FROM rollforward_data.movement AS event
        JOIN rollforward_data.instrument AS contract ON contract.instrument_id = event.instrument_id
        WHERE event.account_id = state.account_id
          AND event.accounting_date = state.today
          AND contract.kind IN ('option', 'future_option')
          AND (event.kind = 'assignment' AND coalesce(event.side, 'short') = 'short'
               OR event.kind = 'exercise' AND coalesce(event.side, 'long') = 'long')
        GROUP BY 1, 2, 3, 4
    LOOP
        SELECT coalesce(sum(slice.gain), 0) INTO premium
        FROM unnest(closed) AS slice
        WHERE slice.closed_by = ANY (bundle.events);

        done := 0;
        deliveries := '{}';
        FOR delivery IN
            SELECT movement.movement_id, movement.quantity * share.multiplier AS units
            FROM rollforward_data.movement
            JOIN rollforward_data.instrument AS share ON share.instrument_id = movement.instrument_id
            WHERE movement.account_id = state.account_id
              AND movement.accounting_date = state.today
              AND movement.currency = bundle.currency
              AND movement.kind::text = bundle.delivered_by
              AND movement.price = bundle.strike
              AND share.symbol = bundle.underlying
            ORDER BY movement.occurred_at = ANY (bundle.instants) DESC, rollforward.reference_order(movement)
        LOOP
            EXIT WHEN done >= bundle.units;
            shared := rollforward.reference_share(premium, least(done + delivery.units, bundle.units), bundle.units)
                      - rollforward.reference_share(premium, done, bundle.units);
            deliveries := deliveries || jsonb_build_object(delivery.movement_id::text, shared);
            done := done + delivery.units;
        END LOOP;

        IF done >= bundle.units THEN
            state.premiums := state.premiums || deliveries;
            state.delivered := state.delivered || bundle.events;
        END IF;
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_move_premiums IS 'Reference: which premiums go to the shares delivered';
