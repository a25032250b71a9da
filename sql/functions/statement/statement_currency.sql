-- The currency of a new account whose statement has no movement: the one that the statement says, or that its totals are in.
--
-- errors   22R02 the statement says nothing of any currency
CREATE OR REPLACE FUNCTION rollforward.statement_currency(layout text)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found text;
BEGIN
    IF layout = 'ibkr' THEN
        SELECT coalesce(period.base_currency, first_total.currency) INTO found
        FROM rollforward.ibkr_period AS period
        LEFT JOIN LATERAL (
            SELECT printed.fields ->> 'Currency' AS currency
            FROM rollforward.ibkr_printed AS printed
            WHERE rollforward.is_currency_code(printed.fields ->> 'Currency')
            ORDER BY printed.line
            LIMIT 1
        ) AS first_total ON true;
    END IF;
    IF found IS NULL THEN
        RAISE EXCEPTION 'the statement has neither movements nor totals'
            USING ERRCODE = '22R02', HINT = 'Is this the file that was meant, and the layout that it has?';
    END IF;
    RETURN found;
END
$$;

COMMENT ON FUNCTION rollforward.statement_currency IS 'The currency of a new account whose statement has no movement';
