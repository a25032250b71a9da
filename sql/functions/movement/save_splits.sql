-- Records splits of instruments, and changes of symbol; what is known already is corrected.
--
-- symbols, split_dates   whose split, and the day on which it is effective, before trading
-- ratios                 new units for old ones: "10/1" is a split, "1/10" a reverse split; "2" means "2/1"
-- to_symbols             what is held afterwards, where that is another instrument; NULL means nowhere
-- returns                rows that are new or changed
-- errors                 22R01 with every offence in DETAIL: arrays of different length, an unknown symbol, a NULL, a ratio
--                        that is none or not positive, the same split twice
CREATE OR REPLACE FUNCTION rollforward.save_splits(
    symbols text[],
    split_dates date[],
    ratios text[],
    to_symbols text[] DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offences jsonb;
    rows_saved bigint;
BEGIN
    offences := rollforward.split_offences(symbols, split_dates, ratios, to_symbols);
    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'splits refused: %', offences #>> '{0,reason}'
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'A ratio is new units over old ones, such as 10/1; the instruments must be known.';
    END IF;

    INSERT INTO rollforward_data.split AS known (instrument_id, split_date, quantity, per_quantity, to_instrument_id)
    SELECT instrument.instrument_id, given.split_date, ratio.quantity, ratio.per_quantity, successor.instrument_id
    FROM unnest(symbols, split_dates, ratios, to_symbols) AS given (symbol, split_date, ratio, to_symbol)
    JOIN rollforward_data.instrument ON instrument.symbol = given.symbol
    LEFT JOIN rollforward_data.instrument AS successor ON successor.symbol = given.to_symbol
    CROSS JOIN LATERAL rollforward.split_ratio(given.ratio) AS ratio
    ON CONFLICT ON CONSTRAINT split_pkey DO UPDATE
    SET quantity = excluded.quantity,
        per_quantity = excluded.per_quantity,
        to_instrument_id = excluded.to_instrument_id
    WHERE (known.quantity, known.per_quantity, known.to_instrument_id)
          IS DISTINCT FROM (excluded.quantity, excluded.per_quantity, excluded.to_instrument_id);
    GET DIAGNOSTICS rows_saved = ROW_COUNT;
    RETURN rows_saved;
END
$$;

COMMENT ON FUNCTION rollforward.save_splits IS 'Records splits of instruments, and changes of symbol';
