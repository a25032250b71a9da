-- Every version of every account: what stands, and what was replaced or deleted.
--
-- version         counted from 1 for each account
-- recorded_at     when the version was recorded
-- actor, reason   who recorded it and why, as far as the session said
-- deleted_at, deleted_by, deleted_because   NULL while it stands, and where another version replaced it
CREATE OR REPLACE VIEW rollforward.account_version AS
SELECT known.account_id, known.number, known.person_id, known.broker_id, known.base_currency, known.calendar,
       known.costs_in_lot, known.premium_in_cost, known.created_at,
       known.version, known.recorded_at, log.actor, log.reason,
       known.deleted_at, ending.actor AS deleted_by, ending.reason AS deleted_because
FROM (
    SELECT standing.account_id, standing.number, standing.person_id, standing.broker_id, standing.base_currency,
           standing.calendar, standing.costs_in_lot, standing.premium_in_cost, standing.created_at,
           standing.version, standing.recorded_at, standing.log_id,
           NULL::timestamptz AS deleted_at, NULL::bigint AS deleted_in
    FROM rollforward_data.account AS standing
    UNION ALL
    SELECT image.account_id, image.number, image.person_id, image.broker_id, image.base_currency, image.calendar,
           image.costs_in_lot, image.premium_in_cost, image.created_at,
           image.version, image.recorded_at, image.log_id,
           image.deleted_at, CASE WHEN image.deleted_at IS NOT NULL THEN image.superseded_in END
    FROM rollforward_data.account_image AS image
) AS known
LEFT JOIN rollforward_data.audit_log AS log
    ON log.log_id = known.log_id
LEFT JOIN rollforward_data.audit_log AS ending
    ON ending.log_id = known.deleted_in;

COMMENT ON VIEW rollforward.account_version IS 'Every version of every account: who recorded it, when and why';
