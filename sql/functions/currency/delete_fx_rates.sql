-- Takes rates between currencies back: as if they had never been recorded.
--
-- currencies, quote_currencies, rate_dates   the pair as it was recorded, and the day of the rate, element by element; what is
--                                            not recorded is left out
-- returns     rows removed
-- errors      22R01 an argument is NULL or holds a NULL, or the arrays differ in length
-- relies on   fx_rate_pkey
CREATE OR REPLACE FUNCTION rollforward.delete_fx_rates(currencies text[], quote_currencies text[], rate_dates date[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    removed bigint;
BEGIN
    PERFORM rollforward.require_elements('currencies', currencies),
            rollforward.require_elements('quote_currencies', quote_currencies),
            rollforward.require_elements('rate_dates', rate_dates);
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'currencies', cardinality(currencies), 'quote_currencies', cardinality(quote_currencies),
        'rate_dates', cardinality(rate_dates)));

    DELETE FROM rollforward_data.fx_rate AS known
    USING unnest(currencies, quote_currencies, rate_dates) AS named (currency, quote_currency, rate_date)
    WHERE known.currency = named.currency
      AND known.quote_currency = named.quote_currency
      AND known.rate_date = named.rate_date;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

COMMENT ON FUNCTION rollforward.delete_fx_rates IS 'Takes rates between currencies back';
