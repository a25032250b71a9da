-- Refuses series and their days when they do not pair up, hold a NULL or a day that is none, or repeat a day.
--
-- series_ids, dates   a row per series and day, in any order
-- once                whether a series may have a day only once
-- errors              22R01; DETAIL lists the rows (the first hundred), position counts from 1
CREATE OR REPLACE FUNCTION rollforward.require_days(series_ids bigint[], dates date[], once boolean)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(require_days.series_ids, 'series_ids');
    PERFORM rollforward.given(require_days.dates, 'dates');
    IF cardinality(require_days.series_ids) <> cardinality(require_days.dates) THEN
        RAISE EXCEPTION 'dates has % elements, series_ids %',
                        cardinality(require_days.dates), cardinality(require_days.series_ids)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'dates', 'value', cardinality(require_days.dates)),
                      jsonb_build_object('argument', 'series_ids', 'value', cardinality(require_days.series_ids))),
                  HINT = 'Pass arrays of one length: an element per row of the series.';
    END IF;

    SELECT jsonb_agg(offence.description ORDER BY offence.position) INTO offences
    FROM (
        SELECT day.position, jsonb_build_object(
                   'argument', CASE WHEN day.series_id IS NULL THEN 'series_ids' ELSE 'dates' END,
                   'value', CASE WHEN day.series_id IS NOT NULL THEN day.on_date::text END,
                   'position', day.position, 'series_id', day.series_id) AS description
        FROM unnest(require_days.series_ids, require_days.dates) WITH ORDINALITY AS day (series_id, on_date, position)
        WHERE day.series_id IS NULL OR NOT coalesce(isfinite(day.on_date), false)
        ORDER BY day.position
        LIMIT 100
    ) AS offence;

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION '%[%] is %', offences #>> '{0,argument}', offences #>> '{0,position}',
                        coalesce(offences #>> '{0,value}', 'NULL')
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'Every row needs the id of its series and its day.';
    END IF;

    IF NOT require_days.once THEN
        RETURN;
    END IF;

    SELECT jsonb_agg(offence.description ORDER BY offence.series_id, offence.on_date) INTO offences
    FROM (
        SELECT day.series_id, day.on_date, jsonb_build_object(
                   'argument', 'dates', 'value', day.on_date, 'series_id', day.series_id, 'rows', count(*)) AS description
        FROM unnest(require_days.series_ids, require_days.dates) AS day (series_id, on_date)
        GROUP BY day.series_id, day.on_date
        HAVING count(*) > 1
        ORDER BY day.series_id, day.on_date
        LIMIT 100
    ) AS offence;

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'series % has % rows for %', offences #>> '{0,series_id}', offences #>> '{0,rows}',
                        offences #>> '{0,value}'
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'Pass one row per series and day: the value at its end and the sum of its flows.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_days IS
    'Refuses series and their days when they do not pair up, hold a NULL or repeat a day';
