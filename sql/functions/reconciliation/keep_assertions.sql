-- Keeps what the staged statement says of balances and positions, if its layout has such: the view L_assertion reads it.
--
-- What another statement said of the same at the same time is replaced: the last one counts.
--
-- returns   assertions kept
CREATE OR REPLACE FUNCTION rollforward.keep_assertions(layout text, account_id bigint, import_session_id bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept bigint := 0;
BEGIN
    IF to_regclass(format('rollforward.%I', layout || '_assertion')) IS NULL THEN
        RETURN kept;
    END IF;
    EXECUTE format(
        $sql$
        INSERT INTO rollforward_data.assertion AS known (
            account_id, subject, as_of, from_date, currency, instrument_id, value, tolerance, source, import_session_id)
        SELECT $1, stated.subject, stated.as_of, stated.from_date, stated.currency, instrument.instrument_id,
               sum(stated.value), max(stated.tolerance), 'statement', $2
        FROM rollforward.%I AS stated
        LEFT JOIN rollforward_data.instrument ON instrument.symbol = stated.symbol
        GROUP BY stated.subject, stated.as_of, stated.from_date, stated.currency, instrument.instrument_id
        ON CONFLICT ON CONSTRAINT assertion_key DO UPDATE
        SET value = excluded.value, tolerance = excluded.tolerance, import_session_id = excluded.import_session_id,
            stated_at = excluded.stated_at
        $sql$, layout || '_assertion')
    USING account_id, import_session_id;
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END
$$;

COMMENT ON FUNCTION rollforward.keep_assertions IS 'Keeps what the staged statement says of balances and positions';
