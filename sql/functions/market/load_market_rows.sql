-- Loads the market data that this transaction has staged in rollforward_data.market_row: what is good lands, the rest is
-- rejected. Behind load_prices, load_fx_rates, load_splits, load_profiles and load_calendar, which say what each kind takes.
--
-- errors   22R01 source is NULL or blank, or strict is NULL
--          22R02 nothing is staged
--          23R01 rows cannot be saved, and strict; DETAIL lists the first hundred offences
CREATE OR REPLACE FUNCTION rollforward.load_market_rows(kind rollforward_data.market_kind, source text, strict boolean)
RETURNS rollforward.market_load_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result rollforward.market_load_result;
BEGIN
    PERFORM rollforward.given(strict, 'strict');
    IF coalesce(btrim(source), '') = '' THEN
        RAISE EXCEPTION 'source must not be NULL or blank'
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'source', 'value', source)),
                  HINT = 'Pass the name of the file, by which its rejected rows are found again.';
    END IF;

    result.rows_read := rollforward.claim_staged_rows('market_row');

    PERFORM rollforward.lock_market_instruments(kind);
    SELECT * INTO result.rejected, result.rejects
    FROM rollforward.reject_market_rows(kind, source, strict, result.rows_read);

    CASE kind
        WHEN 'prices' THEN SELECT * INTO result.saved, result.corrected FROM rollforward.land_prices();
        WHEN 'fx' THEN SELECT * INTO result.saved, result.corrected FROM rollforward.land_rates();
        WHEN 'splits' THEN SELECT * INTO result.saved, result.corrected FROM rollforward.land_splits();
        WHEN 'profiles' THEN SELECT * INTO result.saved, result.corrected FROM rollforward.land_profiles();
        WHEN 'calendar' THEN SELECT * INTO result.saved, result.corrected FROM rollforward.land_days();
    END CASE;
    result.unchanged := result.rows_read - result.saved - result.corrected - result.rejected;

    DELETE FROM rollforward_data.market_row
    WHERE transaction_id = pg_current_xact_id();
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.load_market_rows IS 'Loads the market data staged by this transaction';
