-- Marks the analyses of accounts, each from a day on: what they rest on has been computed anew and came out different.
--
-- A split that an account has booked, or has not booked any more, adjusts closes for everybody: then also those of others who
-- held the instrument or something it tells the volatility of; and all, where it is the symbol of a factor.
--
-- relies on   analysis_pkey, movement_of_lots_idx, movement_image_pkey, analysed_position_instrument_idx,
--             analysed_position_series_idx
CREATE OR REPLACE FUNCTION rollforward.mark_analyses(account_ids bigint[], from_dates date[])
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE rollforward_data.analysis
    SET is_stale = true
    FROM unnest(mark_analyses.account_ids, mark_analyses.from_dates) AS changed (account_id, from_date)
    WHERE analysis.account_id = changed.account_id
      AND analysis.calculation_date >= changed.from_date
      AND NOT analysis.is_stale;

    WITH split AS (
        SELECT booked.instrument_id, min(changed.from_date) AS from_date
        FROM unnest(mark_analyses.account_ids, mark_analyses.from_dates) AS changed (account_id, from_date)
        CROSS JOIN LATERAL (
            SELECT movement.instrument_id
            FROM rollforward_data.movement
            WHERE movement.account_id = changed.account_id
              AND movement.accounting_date >= changed.from_date
              AND movement.kind = 'split'
            UNION
            SELECT former.instrument_id
            FROM rollforward_data.movement_image AS former
            WHERE former.account_id = changed.account_id
              AND former.accounting_date >= changed.from_date
              AND former.kind = 'split'
        ) AS booked
        WHERE EXISTS (SELECT FROM rollforward_data.analysis)  -- of most there are none yet
        GROUP BY booked.instrument_id
    ),
    concerned AS (
        SELECT held.account_id, held.calculation_date
        FROM split
        JOIN rollforward_data.analysed_position AS held
            ON held.instrument_id = split.instrument_id
           AND held.calculation_date >= split.from_date
        UNION
        SELECT held.account_id, held.calculation_date
        FROM split
        JOIN rollforward_data.analysed_position AS held
            ON held.series_id = split.instrument_id
           AND held.series_id <> held.instrument_id
           AND held.calculation_date >= split.from_date
        UNION
        SELECT analysis.account_id, analysis.calculation_date
        FROM split
        JOIN rollforward_data.instrument USING (instrument_id)
        JOIN rollforward_data.factor ON instrument.symbol IN (factor.symbol, factor.short_symbol)
        JOIN rollforward_data.analysis ON analysis.calculation_date >= split.from_date
    )
    UPDATE rollforward_data.analysis
    SET is_stale = true
    FROM concerned
    WHERE analysis.account_id = concerned.account_id
      AND analysis.calculation_date = concerned.calculation_date
      AND NOT analysis.is_stale;
END;

COMMENT ON FUNCTION rollforward.mark_analyses IS 'Marks the analyses of accounts, each from a day on';
