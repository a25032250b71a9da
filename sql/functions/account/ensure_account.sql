-- Finds an account by its number, or creates it; locks its row either way.
--
-- base_currency   used only for a new account
-- returns         the account, and whether it is new
CREATE OR REPLACE FUNCTION rollforward.ensure_account(
    account_number text,
    broker text,
    base_currency text,
    OUT account_id bigint,
    OUT created boolean
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.broker (name)
    SELECT ensure_account.broker
    WHERE NOT EXISTS (SELECT FROM rollforward_data.broker AS known WHERE known.name = ensure_account.broker)
    ON CONFLICT ON CONSTRAINT broker_name_key DO NOTHING;

    INSERT INTO rollforward_data.account AS account (number, broker_id, base_currency)
    SELECT ensure_account.account_number, known.broker_id, ensure_account.base_currency
    FROM rollforward_data.broker AS known
    WHERE known.name = ensure_account.broker
      AND NOT EXISTS (
          SELECT FROM rollforward_data.account AS existing WHERE existing.number = ensure_account.account_number)
    ON CONFLICT ON CONSTRAINT account_number_key DO NOTHING
    RETURNING account.account_id, true
    INTO ensure_account.account_id, ensure_account.created;

    IF ensure_account.account_id IS NULL THEN
        SELECT existing.account_id, false
        INTO ensure_account.account_id, ensure_account.created
        FROM rollforward_data.account AS existing
        WHERE existing.number = ensure_account.account_number
        FOR NO KEY UPDATE;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.ensure_account IS 'Finds an account by its number, or creates it';
