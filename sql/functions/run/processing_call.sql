-- Calls of the coordinator, by runs or by themselves: what processing_metrics sums up.
--
-- accounts   how many it computed; of these, fell_back by the reference, failed not at all
CREATE OR REPLACE VIEW rollforward.processing_call AS
SELECT call.call_id, call.run_id, call.scenario, call.mode, call.accounts, call.fell_back, call.failed,
       call.snapshots_saved, call.movements_processed, call.took_ms, call.called_at
FROM rollforward_data.processing_call AS call;

COMMENT ON VIEW rollforward.processing_call IS 'Calls of the coordinator, by runs or by themselves';
