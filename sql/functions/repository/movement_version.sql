-- Every version of every movement: what stands, and what was replaced or deleted.
--
-- version         counted from 1 for each movement
-- recorded_at     when the version was recorded
-- actor, reason   who recorded it and why, as far as the session said
-- deleted_at, deleted_by, deleted_because   NULL while it stands, and where another version replaced it
CREATE OR REPLACE VIEW rollforward.movement_version AS
SELECT known.account_id, known.movement_id, known.occurred_at, known.accounting_date, known.kind, known.effect, known.side,
       known.currency, known.instrument_id, known.to_instrument_id, known.quantity, known.price, known.amount,
       known.commission, known.fee, known.tax, known.commission_currency, known.counter_amount, known.counter_currency,
       known.per_quantity, known.lot_ref, known.external_id, known.description, known.natural_key,
       known.version, known.recorded_at, log.actor, log.reason,
       known.deleted_at, ending.actor AS deleted_by, ending.reason AS deleted_because
FROM (
    SELECT standing.account_id, standing.movement_id, standing.occurred_at, standing.accounting_date, standing.kind,
           standing.effect, standing.side, standing.currency, standing.instrument_id, standing.to_instrument_id,
           standing.quantity, standing.price, standing.amount, standing.commission, standing.fee, standing.tax,
           standing.commission_currency, standing.counter_amount, standing.counter_currency, standing.per_quantity,
           standing.lot_ref, standing.external_id, standing.description, standing.natural_key,
           standing.version, standing.recorded_at, standing.log_id,
           NULL::timestamptz AS deleted_at, NULL::bigint AS deleted_in
    FROM rollforward_data.movement AS standing
    UNION ALL
    SELECT image.account_id, image.movement_id, image.occurred_at, image.accounting_date, image.kind, image.effect,
           image.side, image.currency, image.instrument_id, image.to_instrument_id, image.quantity, image.price,
           image.amount, image.commission, image.fee, image.tax, image.commission_currency, image.counter_amount,
           image.counter_currency, image.per_quantity, image.lot_ref, image.external_id, image.description, image.natural_key,
           image.version, image.recorded_at, image.log_id,
           image.deleted_at, CASE WHEN image.deleted_at IS NOT NULL THEN image.superseded_in END
    FROM rollforward_data.movement_image AS image
) AS known
LEFT JOIN rollforward_data.audit_log AS log
    ON log.log_id = known.log_id
LEFT JOIN rollforward_data.audit_log AS ending
    ON ending.log_id = known.deleted_in;

COMMENT ON VIEW rollforward.movement_version IS 'Every version of every movement: who recorded it, when and why';
