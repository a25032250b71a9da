-- Completes staged instruments by what calls them.
--
-- on_conflict   unless it is error, rows that are stored already are given their key
CREATE OR REPLACE FUNCTION rollforward.complete_instrument_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE batch_instrument AS staged
    SET instrument_id = known.instrument_id
    FROM rollforward_data.instrument AS known
    WHERE complete_instrument_stage.on_conflict <> 'error'
      AND staged.instrument_id IS NULL
      AND known.symbol = staged.symbol;
END
$$;

COMMENT ON FUNCTION rollforward.complete_instrument_stage IS 'Completes staged instruments by what calls them';
