-- Every version of every person: what stands, and what was replaced or deleted.
--
-- version         counted from 1 for each person
-- recorded_at     when the version was recorded
-- actor, reason   who recorded it and why, as far as the session said
-- deleted_at, deleted_by, deleted_because   NULL while it stands, and where another version replaced it
CREATE OR REPLACE VIEW rollforward.person_version AS
SELECT known.person_id, known.name, known.base_currency, known.organization_id,
       known.version, known.recorded_at, log.actor, log.reason,
       known.deleted_at, ending.actor AS deleted_by, ending.reason AS deleted_because
FROM (
    SELECT standing.person_id, standing.name, standing.base_currency, standing.organization_id,
           standing.version, standing.recorded_at, standing.log_id,
           NULL::timestamptz AS deleted_at, NULL::bigint AS deleted_in
    FROM rollforward_data.person AS standing
    UNION ALL
    SELECT image.person_id, image.name, image.base_currency, image.organization_id,
           image.version, image.recorded_at, image.log_id,
           image.deleted_at, CASE WHEN image.deleted_at IS NOT NULL THEN image.superseded_in END
    FROM rollforward_data.person_image AS image
) AS known
LEFT JOIN rollforward_data.audit_log AS log
    ON log.log_id = known.log_id
LEFT JOIN rollforward_data.audit_log AS ending
    ON ending.log_id = known.deleted_in;

COMMENT ON VIEW rollforward.person_version IS 'Every version of every person: who recorded it, when and why';
