-- Every version of every instrument: what stands, and what was replaced or deleted.
--
-- version         counted from 1 for each instrument
-- recorded_at     when the version was recorded
-- actor, reason   who recorded it and why, as far as the session said
-- deleted_at, deleted_by, deleted_because   NULL while it stands, and where another version replaced it
CREATE OR REPLACE VIEW rollforward.instrument_version AS
SELECT known.instrument_id, known.symbol, known.kind, known.currency, known.multiplier, known.underlying, known.expiration,
       known.strike, known.option_right,
       known.version, known.recorded_at, log.actor, log.reason,
       known.deleted_at, ending.actor AS deleted_by, ending.reason AS deleted_because
FROM (
    SELECT standing.instrument_id, standing.symbol, standing.kind, standing.currency, standing.multiplier,
           standing.underlying, standing.expiration, standing.strike, standing.option_right,
           standing.version, standing.recorded_at, standing.log_id,
           NULL::timestamptz AS deleted_at, NULL::bigint AS deleted_in
    FROM rollforward_data.instrument AS standing
    UNION ALL
    SELECT image.instrument_id, image.symbol, image.kind, image.currency, image.multiplier, image.underlying,
           image.expiration, image.strike, image.option_right,
           image.version, image.recorded_at, image.log_id,
           image.deleted_at, CASE WHEN image.deleted_at IS NOT NULL THEN image.superseded_in END
    FROM rollforward_data.instrument_image AS image
) AS known
LEFT JOIN rollforward_data.audit_log AS log
    ON log.log_id = known.log_id
LEFT JOIN rollforward_data.audit_log AS ending
    ON ending.log_id = known.deleted_in;

COMMENT ON VIEW rollforward.instrument_version IS 'Every version of every instrument: who recorded it, when and why';
