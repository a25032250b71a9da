-- Drops the temporary tables of an earlier calculation in this transaction.
--
-- The tables are always made anew by the calculation itself: a table that the caller put in their place could
-- carry triggers that would run with the rights of the owner.
CREATE OR REPLACE FUNCTION rollforward.drop_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
    DROP TABLE IF EXISTS
        pg_temp.stage_scope, pg_temp.stage_position, pg_temp.stage_event, pg_temp.stage_lot, pg_temp.stage_part,
        pg_temp.stage_slice, pg_temp.stage_delta, pg_temp.stage_position_snapshot, pg_temp.stage_account_snapshot,
        pg_temp.stage_changed;
END
$$;

COMMENT ON FUNCTION rollforward.drop_stage IS 'Drops the temporary tables of an earlier calculation in this transaction';
