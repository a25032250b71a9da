-- Removes betas of the staged subjects that were found before and are not found any more: their factors have lost their closes, or
-- are other factors now.
--
-- methods   of the factors that have been looked at
CREATE OR REPLACE FUNCTION rollforward.forget_betas(methods text[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM rollforward_data.factor_beta AS stored
    USING analysis_subject AS subject, rollforward_data.factor
    WHERE subject.is_explained
      AND stored.calculation_date = subject.calculation_date
      AND stored.instrument_id = subject.instrument_id
      AND factor.factor_id = stored.factor_id
      AND factor.method = ANY (methods)
      AND NOT EXISTS (
          SELECT FROM finding_factor_beta AS found
          WHERE found.calculation_date = stored.calculation_date
            AND found.instrument_id = stored.instrument_id
            AND found.factor_id = stored.factor_id);
END
$$;

COMMENT ON FUNCTION rollforward.forget_betas IS 'Removes betas that are not found any more';
