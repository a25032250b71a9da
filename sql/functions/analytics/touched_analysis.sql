-- Analyses that prices, splits or terms have changed for since they were made: of what was held, of what tells its volatility, or
-- of a factor. Marks of shared facts are looked at as waiting_mark looks at them.
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
SELECT analysis.account_id, analysis.calculation_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.analysis ON analysis.calculation_date >= mark.from_date
WHERE (mark.kind = 'everything'
       OR mark.instrument_id IN (
           SELECT instrument.instrument_id
           FROM rollforward_data.factor
           JOIN rollforward_data.instrument ON instrument.symbol IN (factor.symbol, factor.short_symbol)))
  AND (mark.resolved_in IS NULL
       OR NOT pg_visible_in_snapshot(analysis.written_in, mark.resolved_in));

COMMENT ON VIEW rollforward.touched_analysis IS 'Analyses that shared facts have changed for since they were made';
