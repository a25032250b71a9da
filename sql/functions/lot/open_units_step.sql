-- One step of open_units(): what is open on both sides after one more event.
--
-- Closing more than is open leaves nothing open; the rest is an orphan and changes no side.
CREATE OR REPLACE FUNCTION rollforward.open_units_step(
    units numeric[],
    long_units numeric,
    short_units numeric,
    kind rollforward_data.movement_kind,
    effect rollforward_data.movement_effect,
    stated_side rollforward_data.position_side,
    quantity numeric
)
RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    longs numeric := coalesce(units[1], long_units);
    shorts numeric := coalesce(units[2], short_units);
BEGIN
    IF stated_side = 'long' THEN
        longs := CASE effect WHEN 'open' THEN longs + quantity ELSE greatest(longs - quantity, 0) END;
    ELSIF stated_side = 'short' THEN
        shorts := CASE effect WHEN 'open' THEN shorts + quantity ELSE greatest(shorts - quantity, 0) END;
    ELSIF kind = 'buy' THEN
        longs := longs + greatest(quantity - shorts, 0);
        shorts := greatest(shorts - quantity, 0);
    ELSIF kind = 'sell' THEN
        shorts := shorts + greatest(quantity - longs, 0);
        longs := greatest(longs - quantity, 0);
    ELSE
        shorts := greatest(shorts - greatest(quantity - longs, 0), 0);
        longs := greatest(longs - quantity, 0);
    END IF;
    RETURN ARRAY[longs, shorts];
END
$$;

COMMENT ON FUNCTION rollforward.open_units_step IS 'One step of open_units(): what is open on both sides after one more event';
