-- The place of a movement among all movements: values that follow each other as events do.
--
-- Within one instant: splits, trades, strike adjustments. Among trades: openings, auto, closings; then price, those
-- without one last; then natural key.
CREATE OR REPLACE FUNCTION rollforward.reference_order(movement rollforward_data.movement)
RETURNS record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ROW(
    (reference_order.movement).accounting_date,
    (reference_order.movement).occurred_at,
    CASE (reference_order.movement).kind WHEN 'split' THEN 1 WHEN 'strike_adjustment' THEN 3 ELSE 2 END,
    (reference_order.movement).effect,
    CASE WHEN (reference_order.movement).effect IS NOT NULL THEN (reference_order.movement).price END,
    (reference_order.movement).natural_key);

COMMENT ON FUNCTION rollforward.reference_order IS 'Reference: the place of a movement in the order of events';
