-- Transactions that changed persons, accounts, instruments, movements or prices: when, by whom and why.
--
-- actor    what the session had set as rollforward.actor, else the role it logged in as
-- reason   what it had set as rollforward.reason
CREATE OR REPLACE VIEW rollforward.audit_log AS
SELECT log_id, began_at, actor, reason
FROM rollforward_data.audit_log;

COMMENT ON VIEW rollforward.audit_log IS 'Transactions that changed versioned facts: when, by whom and why';
