-- Analyses that prices, splits, terms or rates have changed for since they were made: of what was held, of what tells its
-- volatility or would tell it now, of a factor, or of a currency that the account has besides its own. Marks of shared facts are
-- looked at as waiting_mark looks at them.
--
-- Accounts that come out different mark their analyses themselves, see mark_analyses(). A rate need not make them different: one of
-- a day without trading is in no snapshot, nor is any where another one is missing.
--
-- relies on   analysed_position_instrument_idx, analysed_position_series_idx; shared_mark is empty but for what came since the
--             last calculation
CREATE OR REPLACE VIEW rollforward.touched_analysis AS
SELECT analysis.account_id, analysis.calculation_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
CROSS JOIN LATERAL (
    SELECT held.account_id, held.calculation_date
    FROM rollforward_data.analysed_position AS held
    WHERE held.instrument_id = mark.instrument_id
      AND held.calculation_date >= mark.from_date
    UNION
    SELECT held.account_id, held.calculation_date
    FROM rollforward_data.analysed_position AS held
    WHERE held.series_id = mark.instrument_id
      AND held.series_id <> held.instrument_id
      AND held.calculation_date >= mark.from_date
) AS held
JOIN rollforward_data.analysis USING (account_id, calculation_date)
WHERE mark.resolved_in IS NULL
   OR NOT pg_visible_in_snapshot(analysis.written_in, mark.resolved_in)
UNION
-- an underlying that was not known, or had no closes, or another name
SELECT analysis.account_id, analysis.calculation_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.instrument AS underlying ON underlying.instrument_id = mark.instrument_id
JOIN rollforward_data.instrument AS option
    ON option.underlying = underlying.symbol
   AND option.kind IN ('option', 'future_option')
JOIN rollforward_data.analysed_position AS held
    ON held.instrument_id = option.instrument_id
   AND held.series_id <> underlying.instrument_id
   AND held.calculation_date >= mark.from_date
JOIN rollforward_data.analysis USING (account_id, calculation_date)
WHERE mark.resolved_in IS NULL
   OR NOT pg_visible_in_snapshot(analysis.written_in, mark.resolved_in)
UNION
SELECT analysis.account_id, analysis.calculation_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.account_currency AS held ON mark.kind = 'rate'
JOIN rollforward_data.account
    ON account.account_id = held.account_id
   AND account.base_currency <> held.currency
   AND (mark.currency IN (account.base_currency, held.currency)
        OR mark.quote_currency IN (account.base_currency, held.currency))
JOIN rollforward_data.analysis
    ON analysis.account_id = held.account_id
   AND analysis.calculation_date >= mark.from_date
WHERE mark.resolved_in IS NULL
   OR NOT pg_visible_in_snapshot(analysis.written_in, mark.resolved_in)
UNION
SELECT analysis.account_id, analysis.calculation_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.analysis ON analysis.calculation_date >= mark.from_date
WHERE (mark.kind = 'everything'
       OR mark.instrument_id IN (
           SELECT instrument.instrument_id
           FROM rollforward_data.factor
           JOIN rollforward_data.instrument ON instrument.symbol IN (factor.symbol, factor.short_symbol))
       -- what was called so until now, or is gone
       OR ((mark.kind = 'terms'
            OR NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.instrument_id = mark.instrument_id))
           AND EXISTS (
               SELECT FROM rollforward_data.instrument_image AS former
               JOIN rollforward_data.factor ON former.symbol IN (factor.symbol, factor.short_symbol)
               WHERE former.instrument_id = mark.instrument_id)))
  AND (mark.resolved_in IS NULL
       OR NOT pg_visible_in_snapshot(analysis.written_in, mark.resolved_in));

COMMENT ON VIEW rollforward.touched_analysis IS 'Analyses that shared facts have changed for since they were made';
