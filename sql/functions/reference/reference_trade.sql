-- What a trade, a transfer or the end of an option does to lots: what it closes, then what it opens.
CREATE OR REPLACE FUNCTION rollforward.reference_trade(
    state rollforward.reference_state,
    event rollforward_data.movement
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    opens rollforward_data.position_side := CASE event.kind WHEN 'buy' THEN 'long' WHEN 'sell' THEN 'short' END;
    closes rollforward_data.position_side := CASE event.kind WHEN 'buy' THEN 'short' WHEN 'sell' THEN 'long' END;
    asked numeric;
    net numeric;
BEGIN
    IF event.kind = 'securities_in' THEN
        state := rollforward.reference_arrive(state, event);
    ELSIF event.kind = 'expiration' AND event.side IS NULL THEN
        state := rollforward.reference_close(state, event, '{long,short}', event.quantity);
    ELSIF event.kind = 'assignment' THEN
        state := rollforward.reference_close(state, event, ARRAY[coalesce(event.side, 'short')], event.quantity);
    ELSIF event.kind IN ('securities_out', 'expiration', 'exercise') THEN
        state := rollforward.reference_close(state, event, ARRAY[coalesce(event.side, 'long')], event.quantity);
    ELSE
        -- A trade closes what it asks to close, and opens with the units beyond that and the net left.
        asked := CASE event.effect
                     WHEN 'open' THEN 0
                     WHEN 'close' THEN event.quantity
                     ELSE (SELECT least(event.quantity, coalesce(sum(lot.quantity), 0))
                           FROM unnest(state.lots) AS lot
                           WHERE lot.instrument_id = event.instrument_id
                             AND lot.currency = event.currency
                             AND lot.side = closes)
                 END;
        net := rollforward.reference_net(state, event);
        net := net - rollforward.reference_share(net, asked, event.quantity);
        IF asked > 0 THEN
            state := rollforward.reference_close(state, event, ARRAY[closes], asked);
        END IF;
        IF asked < event.quantity THEN
            state := rollforward.reference_enter(
                state, event, opens, event.quantity - asked, CASE opens WHEN 'long' THEN -net ELSE net END,
                state.account_id, event.movement_id, state.today);
        END IF;
    END IF;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_trade IS 'Reference: what a movement does to lots';
