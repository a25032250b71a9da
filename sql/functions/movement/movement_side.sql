-- What a movement moves in another currency than its own: the other side of a conversion, a commission of its own currency.
--
-- returns   a row per side; its amounts count there as those of a movement of that kind, which is counted elsewhere
CREATE OR REPLACE FUNCTION rollforward.movement_side(
    counter_amount numeric,
    counter_currency text,
    commission numeric,
    commission_currency text
)
RETURNS TABLE (currency text, amount numeric, commission numeric)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT side.currency, side.amount, side.commission
    FROM (VALUES
        (movement_side.counter_currency, movement_side.counter_amount, 0),
        (movement_side.commission_currency, 0, movement_side.commission)
    ) AS side (currency, amount, commission)
    WHERE side.currency IS NOT NULL
      AND (side.amount <> 0 OR side.commission <> 0);
END;

COMMENT ON FUNCTION rollforward.movement_side IS 'What a movement moves in another currency than its own';
