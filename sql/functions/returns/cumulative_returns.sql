-- Returns of many series linked day by day: what one unit at the beginning has become.
--
-- series_ids, dates   a row per series and day, in any order
-- returns             0.05 is 5 %; NULL is a return that is missing, it moves nothing
-- returns             a row per series and day, in this order:
--     growth              product of 1 + return so far. A return of -1 or less takes it to 0, for good
--     cumulative_return   growth - 1; NULL as long as no day had a return
--                         both are NULL where growth is beyond e^300
-- errors              22R01 arrays that differ in length, a NULL but for a return, a NaN, a day twice
CREATE OR REPLACE FUNCTION rollforward.cumulative_returns(series_ids bigint[], dates date[], returns double precision[])
RETURNS TABLE (series_id bigint, on_date date, growth double precision, cumulative_return double precision)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_days(cumulative_returns.series_ids, cumulative_returns.dates, once => true);
    PERFORM rollforward.require_returns(
        'returns', cumulative_returns.returns, cumulative_returns.series_ids, cumulative_returns.dates);

    RETURN QUERY
    SELECT linked.series_id, linked.on_date, 1 + rollforward.plain_return(coalesce(linked.log_growth, 0)),
           rollforward.plain_return(linked.log_growth)
    FROM rollforward.linked_returns(cumulative_returns.series_ids, cumulative_returns.dates, cumulative_returns.returns)
        AS linked
    ORDER BY linked.series_id, linked.on_date;
END
$$;

COMMENT ON FUNCTION rollforward.cumulative_returns IS 'Returns of many series linked day by day';
