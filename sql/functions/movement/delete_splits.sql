-- Takes splits of instruments, and changes of symbol, back: as if they had never been recorded.
--
-- symbols, split_dates   whose split, and its day, element by element; what is not recorded is left out
-- returns                rows removed
-- errors                 22R01 an argument is NULL or holds a NULL, or the arrays differ in length
-- relies on              split_pkey, instrument_symbol_key
CREATE OR REPLACE FUNCTION rollforward.delete_splits(symbols text[], split_dates date[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    PERFORM rollforward.require_elements('symbols', symbols), rollforward.require_elements('split_dates', split_dates);
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'symbols', cardinality(symbols), 'split_dates', cardinality(split_dates)));

    DELETE FROM rollforward_data.split
    USING unnest(symbols, split_dates) AS named (symbol, split_date), rollforward_data.instrument
    WHERE instrument.symbol = named.symbol
      AND split.instrument_id = instrument.instrument_id
      AND split.split_date = named.split_date;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

COMMENT ON FUNCTION rollforward.delete_splits IS 'Takes splits of instruments, and changes of symbol, back';
