-- Side of the position that a movement opens or closes, where the movement itself says so; NULL where it does not.
--
-- Opening by a purchase and closing by a sale are about longs, the other two about shorts. Transfers are about longs
-- unless they say otherwise; assignments are about shorts, exercises about longs. An expiration without a side is about
-- whatever is open.
CREATE OR REPLACE FUNCTION rollforward.stated_side(
    kind rollforward_data.movement_kind,
    effect rollforward_data.movement_effect,
    side rollforward_data.position_side
)
RETURNS rollforward_data.position_side
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN stated_side.kind = 'buy' AND stated_side.effect = 'open' THEN 'long'::rollforward_data.position_side
    WHEN stated_side.kind = 'sell' AND stated_side.effect = 'close' THEN 'long'
    WHEN stated_side.kind = 'sell' AND stated_side.effect = 'open' THEN 'short'
    WHEN stated_side.kind = 'buy' AND stated_side.effect = 'close' THEN 'short'
    WHEN stated_side.kind IN ('securities_in', 'securities_out') THEN coalesce(stated_side.side, 'long')
    WHEN stated_side.kind = 'assignment' THEN coalesce(stated_side.side, 'short')
    WHEN stated_side.kind = 'exercise' THEN coalesce(stated_side.side, 'long')
    WHEN stated_side.kind = 'expiration' THEN stated_side.side
END;

COMMENT ON FUNCTION rollforward.stated_side IS 'Side of the position that a movement opens or closes, where it says so';
