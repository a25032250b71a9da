-- Rows of market data that could not be saved, each once: what was printed, its first offence, and all of them.
CREATE OR REPLACE VIEW rollforward.rejected_row AS
SELECT rejected.reject_id,
       rejected.kind,
       rejected.source,
       rejected.line,
       rejected.content,
       rejected.reason,
       rejected.offences,
       rejected.rejected_at
FROM rollforward_data.rejected_row AS rejected;

COMMENT ON VIEW rollforward.rejected_row IS 'Rows of market data that could not be saved, and why';
