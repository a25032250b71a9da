-- Writes the expirations that no statement has brought: of options that are open although their last day has passed.
--
-- An import books only what the statement says. This books the rest, explicitly: a movement of kind expiration for
-- what is open of each contract and side, on the day it expired (or was opened, if that was later). What it wrote it does
-- not write again. Accounts that hold such options and are stale are computed first; all it writes to are stale
-- afterwards.
--
-- as_of     options that expired on or before that day
-- returns   the expirations it wrote
-- errors    22R01 as_of is NULL or not finite
-- locks     the rows of the accounts it computes or writes to, in id order
CREATE OR REPLACE FUNCTION rollforward.expire_options(as_of date)
RETURNS SETOF rollforward.movement
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
#variable_conflict use_column
DECLARE
    holders bigint[];
    written bigint[];
BEGIN
    IF expire_options.as_of IS NULL OR NOT isfinite(expire_options.as_of) THEN
        RAISE EXCEPTION 'as_of must be a day, not %', coalesce(expire_options.as_of::text, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'as_of', 'value', expire_options.as_of)),
                  HINT = 'Pass the last day whose expirations are to be written.';
    END IF;

    PERFORM rollforward.resolve_marks();
    SELECT array_agg(DISTINCT movement.account_id)
    INTO holders
    FROM rollforward_data.instrument
    JOIN rollforward_data.movement USING (instrument_id)
    JOIN rollforward_data.stale_mark USING (account_id)
    WHERE instrument.kind IN ('option', 'future_option')
      AND instrument.expiration <= expire_options.as_of;
    PERFORM rollforward.process(coalesce(holders, '{}'), 'infinity', 'infinity');

    PERFORM FROM rollforward_data.account
    WHERE account.account_id IN (SELECT expired.account_id FROM rollforward.expired_units(expire_options.as_of) AS expired)
    ORDER BY account.account_id
    FOR NO KEY UPDATE;

    WITH added AS (
        INSERT INTO rollforward_data.movement (
            account_id, occurred_at, accounting_date, kind, effect, side, currency, instrument_id, quantity, description,
            natural_key)
        SELECT expired.account_id,
               (expired.on_date + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 second',
               expired.on_date, 'expiration', 'close', expired.side, expired.currency, expired.instrument_id,
               expired.quantity, 'written by expire_options',
               substr(sha256(convert_to(ROW('expire_options', expired.instrument_id, expired.currency, expired.side,
                                            expired.last_opened_by)::text, 'UTF8')), 1, 16)
        FROM rollforward.expired_units(expire_options.as_of) AS expired
        ORDER BY expired.account_id, expired.on_date, expired.instrument_id
        ON CONFLICT ON CONSTRAINT movement_natural_key DO NOTHING
        RETURNING movement_id
    )
    SELECT array_agg(added.movement_id) INTO written FROM added;

    RETURN QUERY
    SELECT movement.*
    FROM rollforward.movement
    WHERE movement.movement_id = ANY (written)
    ORDER BY movement.account_id, movement.accounting_date, movement.movement_id;
END
$$;

COMMENT ON FUNCTION rollforward.expire_options IS 'Writes the expirations that no statement has brought';
