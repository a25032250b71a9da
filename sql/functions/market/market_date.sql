-- Date as market data prints it, YYYY-MM-DD; NULL when there is no such day or the text is none.
CREATE OR REPLACE FUNCTION rollforward.market_date(printed text)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN market_date.printed !~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-[0-9]{2}$' THEN NULL
    -- days that every month has are most days, and need no calendar
    WHEN substr(market_date.printed, 9, 2) BETWEEN '01' AND '28' THEN market_date.printed::date
    ELSE rollforward.statement_date(
        substr(market_date.printed, 1, 4), substr(market_date.printed, 6, 2), substr(market_date.printed, 9, 2))
END;

COMMENT ON FUNCTION rollforward.market_date IS 'Date as market data prints it; NULL when there is no such day';
