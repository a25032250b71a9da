-- Instruments as they are, called by instrument_id.
--
-- returns     a row for each place in the arrays, in their order; where there is none, all but the key is NULL
-- errors      22R01 an argument is NULL
-- relies on   instrument_pkey
CREATE OR REPLACE FUNCTION rollforward.load_instrument_batch(instrument_ids bigint[])
RETURNS TABLE (
    ordinal integer,
    instrument_id bigint,
    symbol text,
    kind rollforward_data.instrument_kind,
    currency rollforward_data.currency_code,
    multiplier rollforward_data.exact_quantity,
    underlying text,
    expiration date,
    strike rollforward_data.exact_price,
    option_right rollforward_data.option_right,
    version integer,
    recorded_at timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(load_instrument_batch.instrument_ids, 'instrument_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer,
           asked.instrument_id,
           known.symbol, known.kind, known.currency, known.multiplier, known.underlying, known.expiration, known.strike,
           known.option_right,
           known.version, known.recorded_at
    FROM unnest(instrument_ids)
        WITH ORDINALITY AS asked (instrument_id, ordinal)
    LEFT JOIN rollforward_data.instrument AS known USING (instrument_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.load_instrument_batch IS 'Instruments as they are';
