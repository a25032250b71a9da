-- Privileges are the interface: what a role may call is listed here and nowhere else.
--
-- reader     views, look-ups and checks
-- writer     what the reader may, and record facts and compute
-- operator   what the writer may, and run the reference
REVOKE ALL ON SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;
REVOKE ALL ON ALL ROUTINES IN SCHEMA rollforward, rollforward_data FROM PUBLIC;

DO $$
DECLARE
    permission record;
BEGIN
    FOR permission IN
        WITH granted (lowest_role, privilege, objects) AS (VALUES
            ('reader', 'USAGE ON SCHEMA', ARRAY['rollforward']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.account', 'rollforward.account_cost_method', 'rollforward.account_currency',
                'rollforward.account_figure', 'rollforward.account_snapshot', 'rollforward.equity_snapshot',
                'rollforward.expired_lot', 'rollforward.instrument', 'rollforward.lot_match', 'rollforward.movement',
                'rollforward.open_lot', 'rollforward.orphan_closing', 'rollforward.position_snapshot', 'rollforward.split',
                'rollforward.stale_account', 'rollforward.tastytrade_event']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.account_snapshot_base', 'rollforward.fx_pair', 'rollforward.fx_rate',
                'rollforward.lot_match_base', 'rollforward.person_account', 'rollforward.person_currency',
                'rollforward.person_snapshot']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.instrument_profile', 'rollforward.price', 'rollforward.price_correction',
                'rollforward.rejected_row', 'rollforward.trading_calendar']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.account_version', 'rollforward.audit_log', 'rollforward.instrument_version',
                'rollforward.movement_version', 'rollforward.person_version', 'rollforward.price_version',
                'rollforward.processing_metrics']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.processing_call', 'rollforward.processing_mode', 'rollforward.processing_phase', 'rollforward.run', 'rollforward.run_error',
                'rollforward.run_step', 'rollforward.run_worker', 'rollforward.setting', 'rollforward.shadow_difference']),
            ('reader', 'SELECT ON TABLE', ARRAY['rollforward.assertion', 'rollforward.import_session']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY['rollforward.import_lock_class', 'rollforward.reconcile']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.is_batch_mode_enabled', 'rollforward.mode_of', 'rollforward.run_lock_class',
                'rollforward.run_result', 'rollforward.scenarios']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.account_as_known_at', 'rollforward.account_history', 'rollforward.exists_account_batch',
                'rollforward.exists_instrument_batch', 'rollforward.exists_movement_batch',
                'rollforward.exists_person_batch', 'rollforward.exists_price_batch',
                'rollforward.instrument_as_known_at', 'rollforward.instrument_history',
                'rollforward.load_account_batch', 'rollforward.load_instrument_batch',
                'rollforward.load_movement_batch', 'rollforward.load_person_batch', 'rollforward.load_price_batch',
                'rollforward.movement_as_known_at', 'rollforward.movement_history', 'rollforward.person_as_known_at',
                'rollforward.person_history', 'rollforward.price_as_known_at', 'rollforward.price_history']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.account_ids', 'rollforward.check_ties', 'rollforward.explain_snapshot', 'rollforward.given',
                'rollforward.latest_snapshots', 'rollforward.percentage', 'rollforward.positions_as_of',
                'rollforward.is_trading_day', 'rollforward.last_trading_day', 'rollforward.missing_snapshots',
                'rollforward.next_trading_day',
                'rollforward.price_as_of', 'rollforward.snapshots_as_of', 'rollforward.trading_days',
                'rollforward.unpriced',
                'rollforward.verify']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.converted', 'rollforward.fx_leg', 'rollforward.fx_rate_as_of', 'rollforward.fx_rate_at',
                'rollforward.person_snapshots', 'rollforward.person_totals', 'rollforward.unrated']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.account_returns', 'rollforward.account_statistics', 'rollforward.aggregated_returns',
                'rollforward.annualised_return', 'rollforward.cumulative_returns', 'rollforward.max_drawdowns',
                'rollforward.modified_dietz_returns', 'rollforward.money_weighted_returns',
                'rollforward.return_statistics', 'rollforward.rolling_sharpe', 'rollforward.time_weighted_returns',
                'rollforward.xirr']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.taxable_gains', 'rollforward.taxable_open_lots', 'rollforward.wash_sales']),
            ('reader', 'SELECT ON TABLE', ARRAY[
                'rollforward.analysis_engine', 'rollforward.benchmark_weight', 'rollforward.factor',
                'rollforward.factor_correlation', 'rollforward.factor_exposure', 'rollforward.instrument_factor',
                'rollforward.pairwise_correlation', 'rollforward.portfolio_risk', 'rollforward.position_beta',
                'rollforward.position_factor', 'rollforward.position_volatility', 'rollforward.scenario', 'rollforward.sector_exposure',
                'rollforward.split_event', 'rollforward.stale_analysis', 'rollforward.stress_result']),
            ('reader', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.clipped', 'rollforward.correlation_tail', 'rollforward.slope_tail', 'rollforward.student_tail', 'rollforward.used_beta']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.analyse', 'rollforward.start_analysis', 'rollforward.tag_sector']),
            ('writer', 'USAGE ON SCHEMA', ARRAY['rollforward_data']),
            -- not transaction_id: what a transaction stages is its own
            ('writer', 'INSERT (line, date, type, sub_type, action, symbol, instrument_type, description, value, quantity,'
                ' average_price, commissions, fees, multiplier, root_symbol, underlying_symbol, expiration_date,'
                ' strike_price, call_or_put, order_number, total, currency) ON TABLE',
             ARRAY['rollforward_data.tastytrade_row']),
            ('writer', 'INSERT (line, account, occurred_at, kind, effect, symbol, quantity, price, amount, commission, fee,'
                ' tax, currency, commission_currency, counter_amount, counter_currency, lot_ref, external_id, description)'
                ' ON TABLE',
             ARRAY['rollforward_data.generic_row']),
            ('writer', 'INSERT (line, section, row_type, fields) ON TABLE', ARRAY['rollforward_data.ibkr_row']),
            ('writer', 'INSERT (line, unreadable, symbol, date, close, currency, quote_currency, rate, ratio, kind, sector,'
                ' industry, beta, is_etf, multiplier, underlying, expiration, strike, option_right, calendar) ON TABLE',
             ARRAY['rollforward_data.market_row']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.load_calendar', 'rollforward.load_fx_rates', 'rollforward.load_prices',
                'rollforward.load_profiles', 'rollforward.load_splits']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.add_account', 'rollforward.delete_splits', 'rollforward.expire_options', 'rollforward.import_statement',
                'rollforward.process',
                'rollforward.process_batch(bigint, date, date, boolean)',
                'rollforward.process_batch(bigint[], date, date, boolean)',
                'rollforward.process_stale', 'rollforward.save_splits', 'rollforward.set_account',
                'rollforward.statement_offences']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.assert_balance', 'rollforward.assert_position', 'rollforward.claim_import', 'rollforward.fail_import',
                'rollforward.start_import', 'rollforward.start_import_run']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.delete_fx_rates', 'rollforward.fx_rate_offences', 'rollforward.save_fx_rates', 'rollforward.set_person_currency']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.chunk_outcome', 'rollforward.chunk_refusal', 'rollforward.chunk_reported',
                'rollforward.delete_account_batch', 'rollforward.delete_instrument_batch',
                'rollforward.delete_movement_batch', 'rollforward.delete_person_batch',
                'rollforward.delete_price_batch', 'rollforward.elapsed_ms', 'rollforward.flattened', 'rollforward.forget_results', 'rollforward.given', 'rollforward.open_batch',
                'rollforward.require_choice', 'rollforward.require_chunks', 'rollforward.require_same_length', 'rollforward.save_account_batch',
                'rollforward.save_account_stage', 'rollforward.save_instrument_batch',
                'rollforward.save_instrument_stage', 'rollforward.save_movement_batch',
                'rollforward.save_movement_stage', 'rollforward.save_person_batch', 'rollforward.save_person_stage',
                'rollforward.save_price_batch', 'rollforward.save_price_stage', 'rollforward.update_account_batch',
                'rollforward.update_instrument_batch', 'rollforward.update_movement_batch',
                'rollforward.update_person_batch', 'rollforward.update_price_batch',
                'rollforward.validate_account_batch', 'rollforward.validate_account_stage',
                'rollforward.validate_instrument_batch', 'rollforward.validate_instrument_stage',
                'rollforward.validate_movement_batch', 'rollforward.validate_movement_stage',
                'rollforward.validate_person_batch', 'rollforward.validate_person_stage',
                'rollforward.validate_price_batch', 'rollforward.validate_price_stage']),
            ('writer', 'EXECUTE ON PROCEDURE', ARRAY[
                'rollforward.save_account_chunked', 'rollforward.save_instrument_chunked',
                'rollforward.save_movement_chunked', 'rollforward.save_person_chunked',
                'rollforward.save_price_chunked']),
            ('writer', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.cancel_run', 'rollforward.perform_next_step', 'rollforward.reopen_run',
                'rollforward.request_cancel', 'rollforward.resume_run', 'rollforward.start_run']),
            ('writer', 'EXECUTE ON PROCEDURE', ARRAY['rollforward.process_all', 'rollforward.work_on_run']),
            ('operator', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.save_benchmark_weights', 'rollforward.save_factor', 'rollforward.save_scenario']),
            ('operator', 'EXECUTE ON FUNCTION', ARRAY[
                'rollforward.enable_batch_mode', 'rollforward.forget_runs', 'rollforward.process_per_date',
                'rollforward.set_processing_mode', 'rollforward.set_setting'])
        ),
        ranked (role_name, rank) AS (VALUES ('reader', 1), ('writer', 2), ('operator', 3))
        SELECT format('GRANT %s %s TO %I', granted.privilege, array_to_string(granted.objects, ', '),
                      'rollforward_' || holder.role_name) AS statement
        FROM granted
        JOIN ranked AS lowest ON lowest.role_name = granted.lowest_role
        JOIN ranked AS holder ON holder.rank >= lowest.rank
        WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollforward_' || holder.role_name)
    LOOP
        EXECUTE permission.statement;
    END LOOP;
END
$$;
