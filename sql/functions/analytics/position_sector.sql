-- The sector under which a position counts: the one that it was tagged with; what cannot have one is Unclassified, and what holds
-- many is ETFs; else that of the profile, under its usual name.
CREATE OR REPLACE VIEW rollforward.position_sector AS
SELECT held.account_id, held.calculation_date, held.instrument_id, held.value,
       coalesce(
           tag.sector,
           CASE WHEN instrument.kind IN ('private', 'option', 'future', 'future_option') THEN 'Unclassified'
                WHEN instrument.kind = 'etf' OR profile.is_etf THEN 'ETFs'
           END,
           named.sector, profile.sector, 'Unclassified') AS sector
FROM rollforward_data.analysed_position AS held
JOIN rollforward_data.instrument USING (instrument_id)
LEFT JOIN rollforward_data.sector_tag AS tag USING (account_id, instrument_id)
LEFT JOIN rollforward_data.instrument_profile AS profile USING (instrument_id)
LEFT JOIN rollforward_data.sector_name AS named ON named.printed = profile.sector;

COMMENT ON VIEW rollforward.position_sector IS 'The sectors under which positions count';
