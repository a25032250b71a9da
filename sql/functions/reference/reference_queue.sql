-- Places, among the open lots, of those of one side of a position, first acquired first.
--
-- Acquired is when the opening movement took place, wherever that was; lots of one opening stand as they entered.
CREATE OR REPLACE FUNCTION rollforward.reference_queue(
    state rollforward.reference_state,
    instrument_id bigint,
    currency text,
    side rollforward_data.position_side
)
RETURNS integer[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ARRAY(
        SELECT lot.ordinality::integer
        FROM unnest(state.lots) WITH ORDINALITY AS lot
        LEFT JOIN rollforward_data.movement AS opening
            ON opening.account_id = lot.opened_in AND opening.movement_id = lot.opened_by
        WHERE lot.instrument_id = reference_queue.instrument_id
          AND lot.currency = reference_queue.currency
          AND lot.side = reference_queue.side
        ORDER BY lot.opened_on, rollforward.reference_order(opening), lot.opened_in, lot.opened_by, lot.ordinality);
END
$$;

COMMENT ON FUNCTION rollforward.reference_queue IS 'Reference: open lots of one side of a position, first acquired first';
