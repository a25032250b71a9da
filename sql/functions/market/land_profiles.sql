-- Saves the staged profiles, all of which are good: terms of instruments, new ones among them, and what analysts say of
-- them. A blank leaves what is known; a new instrument has a multiplier of 1 unless it says otherwise.
--
-- returns     how many instruments had no profile before, and of how many others terms or profile changed
-- relies on   instrument_symbol_key, instrument_profile_pkey
CREATE OR REPLACE FUNCTION rollforward.land_profiles(OUT saved bigint, OUT corrected bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    with_other_terms bigint[];
BEGIN
    WITH written AS (
        INSERT INTO rollforward_data.instrument AS known (
            symbol, kind, multiplier, underlying, expiration, strike, option_right)
        SELECT DISTINCT ON (staged.symbol)
               staged.symbol,
               coalesce(staged.kind::rollforward_data.instrument_kind, former.kind),
               coalesce(rollforward.market_number(staged.multiplier), former.multiplier, 1),
               coalesce(staged.underlying, former.underlying),
               coalesce(rollforward.market_date(staged.expiration), former.expiration),
               coalesce(rollforward.market_number(staged.strike), former.strike),
               coalesce(staged.option_right::rollforward_data.option_right, former.option_right)
        FROM rollforward.staged_market_row AS staged
        LEFT JOIN rollforward_data.instrument AS former ON former.symbol = staged.symbol
        ORDER BY staged.symbol
        ON CONFLICT ON CONSTRAINT instrument_symbol_key DO UPDATE
        SET kind = excluded.kind,
            multiplier = excluded.multiplier,
            underlying = excluded.underlying,
            expiration = excluded.expiration,
            strike = excluded.strike,
            option_right = excluded.option_right
        WHERE (known.kind, known.multiplier, known.underlying, known.expiration, known.strike, known.option_right)
              IS DISTINCT FROM
              (excluded.kind, excluded.multiplier, excluded.underlying, excluded.expiration, excluded.strike,
               excluded.option_right)
        RETURNING known.instrument_id
    )
    SELECT coalesce(array_agg(instrument_id), '{}') INTO with_other_terms FROM written;

    WITH written AS (
        INSERT INTO rollforward_data.instrument_profile AS known (instrument_id, sector, industry, beta, is_etf)
        SELECT DISTINCT ON (instrument.instrument_id)
               instrument.instrument_id,
               coalesce(staged.sector, former.sector),
               coalesce(staged.industry, former.industry),
               coalesce(rollforward.market_number(staged.beta)::double precision, former.beta),
               coalesce(staged.is_etf::boolean, former.is_etf)
        FROM rollforward.staged_market_row AS staged
        JOIN rollforward_data.instrument ON instrument.symbol = staged.symbol
        LEFT JOIN rollforward_data.instrument_profile AS former USING (instrument_id)
        ORDER BY instrument.instrument_id
        ON CONFLICT ON CONSTRAINT instrument_profile_pkey DO UPDATE
        SET sector = excluded.sector,
            industry = excluded.industry,
            beta = excluded.beta,
            is_etf = excluded.is_etf
        WHERE (known.sector, known.industry, known.beta, known.is_etf)
              IS DISTINCT FROM (excluded.sector, excluded.industry, excluded.beta, excluded.is_etf)
        RETURNING known.instrument_id, known.xmax = 0 AS is_new  -- as in land_prices
    ),
    touched AS (
        SELECT instrument_id, bool_or(is_new) AS is_new
        FROM (SELECT instrument_id, is_new FROM written
              UNION ALL
              SELECT instrument_id, false FROM unnest(with_other_terms) AS changed (instrument_id)) AS either
        GROUP BY instrument_id
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new)
    INTO land_profiles.saved, land_profiles.corrected
    FROM touched;
END
$$;

COMMENT ON FUNCTION rollforward.land_profiles IS 'Saves the staged profiles, all of which are good';
