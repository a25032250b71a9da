-- Writes staged instruments: those that are not stored are inserted, those that are become what is staged.
--
-- In one pass, in the order in which everybody writes instruments, so that nobody waits in a circle: who looked first which are
-- there, and locked those, would meet others who came between.
--
-- errors   those of the table; 23505 too where another instrument than the one that was called has one of its keys
-- locks    the rows, in the order of symbol
CREATE OR REPLACE FUNCTION rollforward.upsert_instrument_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- who is called by instrument_id may be given another symbol
    WITH renamed AS (
        SELECT known.instrument_id, known.version
        FROM rollforward_data.instrument AS known
        JOIN batch_instrument AS staged USING (instrument_id)
        WHERE known.symbol <> staged.symbol
          AND staged.status IS NULL
        ORDER BY known.symbol
        FOR UPDATE OF known
    )
    UPDATE batch_instrument AS staged
    SET stored_version = renamed.version, status = 'updated'
    FROM renamed
    WHERE renamed.instrument_id = staged.instrument_id;

    UPDATE rollforward_data.instrument AS known
    SET symbol = staged.symbol, kind = staged.kind::rollforward_data.instrument_kind, currency = staged.currency,
        multiplier = coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), underlying = staged.underlying,
        expiration = staged.expiration, strike = staged.strike::rollforward_data.exact_price,
        option_right = staged.option_right::rollforward_data.option_right
    FROM batch_instrument AS staged
    WHERE staged.status = 'updated'
      AND known.instrument_id = staged.instrument_id;

    WITH written AS (
        INSERT INTO rollforward_data.instrument AS known (
            symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right,
            log_id, recorded_at)
        SELECT staged.symbol, staged.kind::rollforward_data.instrument_kind,
               coalesce(staged.instrument_id, nextval('rollforward_data.instrument_instrument_id_seq')), staged.currency,
               coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), staged.underlying, staged.expiration,
               staged.strike::rollforward_data.exact_price, staged.option_right::rollforward_data.option_right,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM batch_instrument AS staged
        WHERE staged.status IS NULL
        ORDER BY staged.symbol
        ON CONFLICT (symbol) DO UPDATE
        SET symbol = excluded.symbol, kind = excluded.kind, currency = excluded.currency, multiplier = excluded.multiplier,
            underlying = excluded.underlying, expiration = excluded.expiration, strike = excluded.strike,
            option_right = excluded.option_right
        WHERE (known.symbol, known.kind, known.currency, known.multiplier, known.underlying, known.expiration, known.strike,
               known.option_right)
              IS DISTINCT FROM (
                  excluded.symbol, excluded.kind, excluded.currency, excluded.multiplier, excluded.underlying,
                  excluded.expiration, excluded.strike, excluded.option_right)
        RETURNING known.symbol, known.version,
                  known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    UPDATE batch_instrument AS staged
    SET stored_version = written.version,
        status = CASE WHEN written.is_new THEN 'inserted' ELSE 'updated' END
    FROM written
    WHERE written.symbol = staged.symbol;

    UPDATE batch_instrument AS staged
    SET stored_version = known.version,
        status = 'unchanged'
    FROM rollforward_data.instrument AS known
    WHERE staged.status IS NULL
      AND known.symbol = staged.symbol;

    IF EXISTS (
        SELECT FROM batch_instrument AS staged
        JOIN rollforward_data.instrument AS known USING (symbol)
        WHERE known.instrument_id <> staged.instrument_id)
    THEN
        RAISE EXCEPTION 'one instrument is called, and another one has its symbol'
            USING ERRCODE = '23505';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.upsert_instrument_stage IS 'Writes staged instruments: inserts them, or makes the stored ones what is staged';
