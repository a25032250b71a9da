-- All transfers, in any account of the same person, that belong together with one: same instrument, currency and side, and the same
-- external_id; or, where they have none, the same day and quantity.
--
-- kind   which way: securities_in or securities_out
CREATE OR REPLACE FUNCTION rollforward.reference_legs(
    event rollforward_data.movement,
    kind rollforward_data.movement_kind
)
RETURNS SETOF rollforward_data.movement
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT leg.*
    FROM rollforward_data.movement AS leg
    JOIN rollforward_data.account AS theirs ON theirs.account_id = leg.account_id
    JOIN rollforward_data.account AS ours ON ours.account_id = event.account_id
    WHERE theirs.person_id IS NOT DISTINCT FROM ours.person_id
      AND leg.kind = reference_legs.kind
      AND leg.instrument_id = event.instrument_id
      AND leg.currency = event.currency
      AND coalesce(leg.side, 'long') = coalesce(event.side, 'long')
      AND (leg.external_id = event.external_id
           OR leg.external_id IS NULL AND event.external_id IS NULL
              AND leg.accounting_date = event.accounting_date AND leg.quantity = event.quantity);
END
$$;

COMMENT ON FUNCTION rollforward.reference_legs IS 'Reference: transfers that belong together with one';
