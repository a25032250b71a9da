-- Date as market data prints it, YYYY-MM-DD; NULL when there is no such day or the text is none.
CREATE OR REPLACE FUNCTION rollforward.market_date(printed text)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN length(market_date.printed) = 10 THEN rollforward.statement_day(market_date.printed) END;

COMMENT ON FUNCTION rollforward.market_date IS 'Date as market data prints it; NULL when there is no such day';
