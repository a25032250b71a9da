-- Numbers the staged events of each account by the strike adjustments that precede them.
--
-- An adjustment belongs to the wave that it ends; trades of the same instant come before it.
--
-- returns   the last wave; 0 when there are no adjustments
CREATE OR REPLACE FUNCTION rollforward.number_waves()
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_wave integer;
BEGIN
    SELECT max(adjustments.total)
    INTO last_wave
    FROM (SELECT count(*)::integer AS total FROM stage_event WHERE kind = 'strike_adjustment' GROUP BY account_id) AS adjustments;

    IF last_wave IS NULL THEN
        RETURN 0;
    END IF;

    WITH numbered AS (
        SELECT ordinal,
               count(*) FILTER (WHERE kind = 'strike_adjustment') OVER (
                   PARTITION BY account_id
                   ORDER BY accounting_date, occurred_at, kind = 'strike_adjustment', adjustment_key, ordinal
                   ROWS UNBOUNDED PRECEDING
               ) - (kind = 'strike_adjustment')::integer AS wave
        FROM stage_event
        WHERE account_id IN (SELECT account_id FROM stage_event WHERE kind = 'strike_adjustment')
    )
    UPDATE stage_event
    SET wave = numbered.wave
    FROM numbered
    WHERE stage_event.ordinal = numbered.ordinal
      AND numbered.wave > 0;
    -- as many rows as before, but for the statistics all of them were of one wave
    IF (SELECT count(*) FROM stage_event) >= 500 THEN
        ANALYZE stage_event;
    END IF;

    RETURN last_wave;
END
$$;

COMMENT ON FUNCTION rollforward.number_waves IS 'Numbers the staged events by the strike adjustments that precede them';
