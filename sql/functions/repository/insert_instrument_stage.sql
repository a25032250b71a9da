-- Inserts the staged instruments that have no status, in the order in which everybody writes instruments.
--
-- errors   those of the table
CREATE OR REPLACE FUNCTION rollforward.insert_instrument_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.instrument (
        symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right, log_id, recorded_at)
    SELECT staged.symbol, staged.kind::rollforward_data.instrument_kind,
           coalesce(staged.instrument_id, nextval('rollforward_data.instrument_instrument_id_seq')), staged.currency,
           coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), staged.underlying, staged.expiration,
           staged.strike::rollforward_data.exact_price, staged.option_right::rollforward_data.option_right,
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM batch_instrument AS staged
    WHERE staged.status IS NULL
    ORDER BY staged.symbol;
END
$$;

COMMENT ON FUNCTION rollforward.insert_instrument_stage IS 'Inserts the staged instruments that have no status';
