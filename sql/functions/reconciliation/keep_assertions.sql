-- Keeps what the staged statement says of balances and positions, if its layout has such: the view L_assertion reads it.
--
-- What another statement said of the same days is replaced, whatever it said: the last one counts. Who lists what is held says
-- that nothing else is.
--
-- returns   assertions kept
CREATE OR REPLACE FUNCTION rollforward.keep_assertions(layout text, account_id bigint, import_session_id bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- nobody knows how many rows a transaction has staged
AS $$
DECLARE
    kept bigint := 0;
BEGIN
    IF to_regclass(format('rollforward.%I', layout || '_assertion')) IS NULL THEN
        RETURN kept;
    END IF;
    EXECUTE format(
        $sql$
        DELETE FROM rollforward_data.assertion AS known
        USING (SELECT DISTINCT subject, as_of FROM rollforward.%I) AS stated
        WHERE known.account_id = $1
          AND known.source = 'statement'
          AND known.subject = stated.subject
          AND known.as_of = stated.as_of
        $sql$, layout || '_assertion')
    USING account_id;
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

    INSERT INTO rollforward_data.assertion (
        account_id, subject, as_of, currency, instrument_id, value, source, import_session_id)
    SELECT DISTINCT keep_assertions.account_id, 'quantity'::rollforward_data.assertion_subject, listed.as_of, movement.currency,
           movement.instrument_id, 0, 'statement', keep_assertions.import_session_id
    FROM (
        SELECT DISTINCT assertion.as_of
        FROM rollforward_data.assertion
        WHERE assertion.account_id = keep_assertions.account_id
          AND assertion.subject = 'quantity'
          AND assertion.import_session_id IS NOT DISTINCT FROM keep_assertions.import_session_id
          AND assertion.source = 'statement'
    ) AS listed
    JOIN rollforward_data.movement
        ON movement.account_id = keep_assertions.account_id
       AND movement.accounting_date <= listed.as_of
       AND movement.instrument_id IS NOT NULL
       AND movement.kind IN ('buy', 'sell', 'securities_in', 'securities_out')
    WHERE NOT EXISTS (
        SELECT FROM rollforward_data.assertion AS said
        WHERE said.account_id = keep_assertions.account_id
          AND said.subject = 'quantity'
          AND said.as_of = listed.as_of
          AND said.source = 'statement'
          AND said.instrument_id = movement.instrument_id)
    ON CONFLICT ON CONSTRAINT assertion_key DO NOTHING;
    RETURN kept;
END
$$;

COMMENT ON FUNCTION rollforward.keep_assertions IS 'Keeps what the staged statement says of balances and positions';
