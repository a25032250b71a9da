-- Refuses returns that do not pair up with the days of their series, or are no numbers. NULL is a return that is missing.
--
-- A return is below 10^50, as a ratio of amounts is that are stored; then no sum of squares leaves the range of double
-- precision.
--
-- name                of the argument, for the message
-- series_ids, dates   the rows that the returns belong to, checked before
-- errors              22R01; DETAIL lists the rows (the first hundred), position counts from 1
CREATE OR REPLACE FUNCTION rollforward.require_returns(
    name text,
    returns double precision[],
    series_ids bigint[],
    dates date[]
)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(require_returns.returns, require_returns.name);
    IF cardinality(require_returns.returns) <> cardinality(require_returns.series_ids) THEN
        RAISE EXCEPTION '% has % elements, series_ids %', require_returns.name,
                        cardinality(require_returns.returns), cardinality(require_returns.series_ids)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', require_returns.name, 'value', cardinality(require_returns.returns)),
                      jsonb_build_object('argument', 'series_ids', 'value', cardinality(require_returns.series_ids))),
                  HINT = 'Pass arrays of one length: an element per row of the series.';
    END IF;

    SELECT jsonb_agg(offence.description ORDER BY offence.position) INTO offences
    FROM (
        SELECT day.position, jsonb_build_object(
                   'argument', require_returns.name, 'value', day.period_return::text, 'position', day.position,
                   'series_id', day.series_id, 'date', day.on_date) AS description
        FROM unnest(require_returns.series_ids, require_returns.dates, require_returns.returns)
            WITH ORDINALITY AS day (series_id, on_date, period_return, position)
        WHERE abs(day.period_return) >= 1e50  -- NaN is above every number
        ORDER BY day.position
        LIMIT 100
    ) AS offence;

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION '%[%] is no return: %', require_returns.name, offences #>> '{0,position}', offences #>> '{0,value}'
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'A return is a part of one, such as 0.05 for 5 %; one that is missing is NULL.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_returns IS
    'Refuses returns that do not pair up with the days of their series, or are no numbers';
