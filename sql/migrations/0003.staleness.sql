-- Staleness: every change of a fact marks the account and the first day it touches, by whatever road it came.
-- depends: 0002.derived

CREATE TABLE rollforward_data.stale_mark (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    from_date date NOT NULL,
    CONSTRAINT stale_mark_pkey PRIMARY KEY (account_id, mark_id)
);
COMMENT ON TABLE rollforward_data.stale_mark IS 'Accounts whose derived data is to be recomputed, and from which day on';

CREATE FUNCTION rollforward_data.mark_inserted_movements() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(accounting_date) FROM inserted GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_movements() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(accounting_date)
    FROM (SELECT account_id, accounting_date FROM deleted
          UNION ALL
          SELECT account_id, accounting_date FROM inserted) AS changed
    GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_movements() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(accounting_date) FROM deleted GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_all_accounts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, '0001-01-01' FROM rollforward_data.account;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_changed_settings() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT after.account_id, '0001-01-01'
    FROM inserted AS after
    JOIN deleted AS before ON before.account_id = after.account_id
    WHERE before.costs_in_lot <> after.costs_in_lot;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION rollforward_data.mark_inserted_movements IS 'Marks the accounts that new movements touch';
COMMENT ON FUNCTION rollforward_data.mark_updated_movements IS 'Marks the accounts that changed movements left or entered';
COMMENT ON FUNCTION rollforward_data.mark_deleted_movements IS 'Marks the accounts that lost movements';
COMMENT ON FUNCTION rollforward_data.mark_all_accounts IS 'Marks every account, after a TRUNCATE of movements';
COMMENT ON FUNCTION rollforward_data.mark_changed_settings IS 'Marks the accounts whose settings change their figures';

CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.movement
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_movements();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.movement
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_movements();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.movement
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_movements();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.movement
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_settings AFTER UPDATE ON rollforward_data.account
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_changed_settings();
