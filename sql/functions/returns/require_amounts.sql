-- Refuses amounts that do not pair up with the days of their series, or are no amounts of money.
--
-- An amount has at most 30 digits before and 50 decimals behind the point: then no ratio of discounted amounts leaves the
-- range of double precision.
--
-- name                of the argument, for the message
-- series_ids, dates   the rows that the amounts belong to, checked before
-- ends_only           whether only the first and the last amount of a series are needed, and others may be NULL
-- errors              22R01; DETAIL lists the rows (the first hundred), position counts from 1
CREATE OR REPLACE FUNCTION rollforward.require_amounts(
    name text,
    amounts numeric[],
    series_ids bigint[],
    dates date[],
    ends_only boolean DEFAULT false
)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(require_amounts.amounts, require_amounts.name);
    IF cardinality(require_amounts.amounts) <> cardinality(require_amounts.series_ids) THEN
        RAISE EXCEPTION '% has % elements, series_ids %', require_amounts.name,
                        cardinality(require_amounts.amounts), cardinality(require_amounts.series_ids)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', require_amounts.name, 'value', cardinality(require_amounts.amounts)),
                      jsonb_build_object('argument', 'series_ids', 'value', cardinality(require_amounts.series_ids))),
                  HINT = 'Pass arrays of one length: an element per row of the series.';
    END IF;

    PERFORM FROM unnest(require_amounts.amounts) AS amount
    WHERE (abs(amount) < 1e30 AND scale(amount) <= 50) IS NOT TRUE;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    SELECT jsonb_agg(offence.description ORDER BY offence.position) INTO offences
    FROM (
        SELECT placed.position, jsonb_build_object(
                   'argument', require_amounts.name, 'value', placed.amount::text, 'position', placed.position,
                   'series_id', placed.series_id, 'date', placed.on_date) AS description
        FROM (
            SELECT day.*,
                   day.on_date IN (min(day.on_date) OVER series, max(day.on_date) OVER series) AS is_end
            FROM unnest(require_amounts.series_ids, require_amounts.dates, require_amounts.amounts)
                WITH ORDINALITY AS day (series_id, on_date, amount, position)
            WINDOW series AS (PARTITION BY day.series_id)
        ) AS placed
        WHERE (abs(placed.amount) < 1e30 AND scale(placed.amount) <= 50) IS NOT TRUE
          AND NOT (placed.amount IS NULL AND require_amounts.ends_only AND NOT placed.is_end)
        ORDER BY placed.position
        LIMIT 100
    ) AS offence;

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION '%[%] is no amount: %', require_amounts.name, offences #>> '{0,position}',
                        coalesce(offences #>> '{0,value}', 'NULL')
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = CASE WHEN offences #>> '{0,value}' IS NULL AND require_amounts.ends_only
                              THEN 'The first and the last day of a series need their value.'
                              WHEN offences #>> '{0,value}' IS NULL
                              THEN 'Every row needs an amount; no flow is 0.'
                              ELSE 'An amount is a number of at most 30 digits and 50 decimals.' END;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_amounts IS
    'Refuses amounts that do not pair up with the days of their series, or are no amounts of money';
