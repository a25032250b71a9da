-- Analyzes tables of facts and figures that have more than doubled since the planner last heard of them.
--
-- Autovacuum would do so within a minute; a bulk load and the calculation behind it must not run that minute on plans
-- for an empty table.
-- Also throws cached plans away. A table that somebody else is analyzing is left to them, and their findings are not
-- waited for.
--
-- locks   what ANALYZE takes, until the transaction ends: writing goes on, VACUUM and CREATE INDEX wait
CREATE OR REPLACE FUNCTION rollforward.refresh_statistics()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = error  -- that somebody else is analyzing is no news to the caller
AS $$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN
        SELECT known.oid
        FROM pg_class AS known
        WHERE known.oid IN (
                  'rollforward_data.analysed_position'::regclass,
                  'rollforward_data.analysis'::regclass,
                  'rollforward_data.account_factor'::regclass,
                  'rollforward_data.factor_beta'::regclass,
                  'rollforward_data.instrument_correlation'::regclass,
                  'rollforward_data.movement'::regclass,
                  'rollforward_data.price'::regclass,
                  'rollforward_data.position'::regclass,
                  'rollforward_data.lot_slice'::regclass,
                  'rollforward_data.position_snapshot'::regclass,
                  'rollforward_data.account_snapshot'::regclass,
                  'rollforward_data.equity_snapshot'::regclass)
          AND pg_relation_size(known.oid) / current_setting('block_size')::integer > 2 * known.relpages + 16
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.refresh_statistics IS 'Analyzes tables that have more than doubled';
