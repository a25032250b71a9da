-- What is wrong with splits to be saved: a JSON array of offences, each with its argument and the place in it, NULL when
-- all is right.
CREATE OR REPLACE FUNCTION rollforward.split_offences(
    symbols text[],
    split_dates date[],
    ratios text[],
    to_symbols text[]
)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF symbols IS NULL OR split_dates IS NULL OR ratios IS NULL THEN
        RETURN jsonb_build_array(jsonb_build_object(
            'argument', CASE WHEN symbols IS NULL THEN 'symbols' WHEN split_dates IS NULL THEN 'split_dates' ELSE 'ratios' END,
            'value', NULL, 'reason', 'an argument is missing'));
    END IF;
    IF cardinality(symbols) <> cardinality(split_dates) OR cardinality(symbols) <> cardinality(ratios)
       OR cardinality(symbols) <> cardinality(to_symbols)
    THEN
        RETURN jsonb_build_array(jsonb_build_object(
            'argument', 'symbols', 'value', to_jsonb(symbols), 'reason', 'the arrays are not of one length'));
    END IF;

    RETURN (
        WITH given AS (
            SELECT *, count(*) OVER (PARTITION BY symbol, split_date) AS times
            FROM unnest(symbols, split_dates, ratios, to_symbols) WITH ORDINALITY
                AS given (symbol, split_date, ratio, to_symbol, place)
        )
        SELECT jsonb_agg(jsonb_build_object('place', given.place, 'argument', wrong.argument, 'value', wrong.value,
                                            'reason', wrong.reason)
                         ORDER BY given.place, wrong.argument)
        FROM given
        CROSS JOIN LATERAL (
            SELECT fault.argument || 's' AS argument, fault.value, fault.reason
            FROM rollforward.split_faults(given.symbol, given.split_date, given.ratio, given.to_symbol) AS fault
            UNION ALL
            SELECT 'split_dates', given.split_date::text, 'the same split twice'
            WHERE given.times > 1
        ) AS wrong);
END
$$;

COMMENT ON FUNCTION rollforward.split_offences IS 'What is wrong with splits to be saved';
