-- Every version of every price: what stands, and what was replaced or deleted.
--
-- version         counted from 1 for each price
-- recorded_at     when the version was recorded
-- actor, reason   who recorded it and why, as far as the session said
-- deleted_at, deleted_by, deleted_because   NULL while it stands, and where another version replaced it
CREATE OR REPLACE VIEW rollforward.price_version AS
SELECT known.instrument_id, known.price_date, known.close,
       known.version, known.recorded_at, log.actor, log.reason,
       known.deleted_at, ending.actor AS deleted_by, ending.reason AS deleted_because
FROM (
    SELECT standing.instrument_id, standing.price_date, standing.close,
           standing.version, standing.recorded_at, standing.log_id,
           NULL::timestamptz AS deleted_at, NULL::bigint AS deleted_in
    FROM rollforward_data.price AS standing
    UNION ALL
    SELECT image.instrument_id, image.price_date, image.close,
           image.version, image.recorded_at, image.log_id,
           image.deleted_at, CASE WHEN image.deleted_at IS NOT NULL THEN image.superseded_in END
    FROM rollforward_data.price_image AS image
) AS known
LEFT JOIN rollforward_data.audit_log AS log
    ON log.log_id = known.log_id
LEFT JOIN rollforward_data.audit_log AS ending
    ON ending.log_id = known.deleted_in;

COMMENT ON VIEW rollforward.price_version IS 'Every version of every price: who recorded it, when and why';
