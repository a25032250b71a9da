-- What is wrong with one split by itself: a row per fault, none when it can be saved. To be joined LATERAL, where it is
-- inlined.
--
-- returns     place: the order of the arguments; argument and value: what is wrong; code: missing, unknown_symbol,
--             not_a_date, not_a_ratio or leads_to_itself; reason: the same for people
-- relies on   instrument_symbol_key
CREATE OR REPLACE FUNCTION rollforward.split_faults(symbol text, split_date date, ratio text, to_symbol text)
RETURNS TABLE (place integer, argument text, value text, code text, reason text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT fault.place, fault.argument, fault.value,
           CASE WHEN fault.value IS NULL THEN 'missing' ELSE fault.code END,
           fault.reason
    FROM (VALUES
        (1, 'symbol', split_faults.symbol, 'unknown_symbol', 'no such instrument',
         NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = split_faults.symbol)),
        (2, 'split_date', split_faults.split_date::text, 'not_a_date', 'no day',
         split_faults.split_date IS NULL OR NOT isfinite(split_faults.split_date)),
        (3, 'ratio', split_faults.ratio, 'not_a_ratio', 'not a ratio of two positive numbers',
         coalesce(split_faults.ratio !~ '^[0-9]{1,20}(\.[0-9]{1,12})?(/[0-9]{1,20}(\.[0-9]{1,12})?)?$'
                  OR split_faults.ratio ~ '(^|/)0+(\.0*)?(/|$)', true)),
        (4, 'to_symbol', split_faults.to_symbol, 'unknown_symbol', 'no such instrument',
         split_faults.to_symbol IS NOT NULL
         AND NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = split_faults.to_symbol)),
        (5, 'to_symbol', split_faults.to_symbol, 'leads_to_itself', 'leads to itself',
         coalesce(split_faults.to_symbol = split_faults.symbol, false))
    ) AS fault (place, argument, value, code, reason, is_so)
    WHERE fault.is_so;
END;

COMMENT ON FUNCTION rollforward.split_faults IS 'What is wrong with one split by itself: a row per fault';
