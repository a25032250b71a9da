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
DECLARE
    number CONSTANT text := '[0-9]{1,20}(\.[0-9]{1,12})?';
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
        CROSS JOIN LATERAL (VALUES
            ('symbols', given.symbol, 'no such instrument',
             NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = given.symbol)),
            ('split_dates', given.split_date::text, 'no day',
             given.split_date IS NULL OR NOT isfinite(given.split_date)),
            ('split_dates', given.split_date::text, 'the same split twice', given.times > 1),
            ('ratios', given.ratio, 'not a ratio of two positive numbers',
             coalesce(given.ratio !~ ('^' || number || '(/' || number || ')?$')
                      OR given.ratio ~ '(^|/)0+(\.0*)?(/|$)', true)),
            ('to_symbols', given.to_symbol, 'no such instrument',
             given.to_symbol IS NOT NULL
             AND NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = given.to_symbol)),
            ('to_symbols', given.to_symbol, 'leads to itself', coalesce(given.to_symbol = given.symbol, false))
        ) AS wrong (argument, value, reason, is_so)
        WHERE wrong.is_so);
END
$$;

COMMENT ON FUNCTION rollforward.split_offences IS 'What is wrong with splits to be saved';
