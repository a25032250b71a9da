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
    WHERE (before.costs_in_lot, before.premium_in_cost) <> (after.costs_in_lot, after.premium_in_cost)
       -- lots travel between the accounts of a person
       OR (before.person_id IS DISTINCT FROM after.person_id
           AND EXISTS (SELECT FROM rollforward_data.movement
                       WHERE movement.account_id = after.account_id
                         AND movement.kind IN ('securities_in', 'securities_out')));
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_inserted_methods() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(from_date) FROM inserted GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_methods() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(from_date)
    FROM (SELECT account_id, from_date FROM deleted
          UNION ALL
          SELECT account_id, from_date FROM inserted) AS changed
    GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_methods() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    SELECT account_id, min(from_date) FROM deleted GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_accounts_holding(instrument_ids bigint[], from_dates date[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rollforward_data.stale_mark (account_id, from_date)
    WITH RECURSIVE changed (instrument_id, from_date) AS (
        SELECT * FROM unnest(instrument_ids, from_dates)
        UNION
        -- what it was held as before a change of symbol
        SELECT split.instrument_id, changed.from_date
        FROM changed
        JOIN rollforward_data.split ON split.to_instrument_id = changed.instrument_id
    )
    SELECT holder.account_id, min(changed.from_date)
    FROM changed
    CROSS JOIN LATERAL (
        SELECT movement.account_id FROM rollforward_data.movement
        WHERE movement.instrument_id = changed.instrument_id
        UNION
        SELECT movement.account_id FROM rollforward_data.movement
        WHERE movement.to_instrument_id = changed.instrument_id
    ) AS holder
    GROUP BY holder.account_id;
$$;

CREATE FUNCTION rollforward_data.mark_inserted_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(from_date))
    FROM (SELECT instrument_id, min(price_date) AS from_date FROM inserted GROUP BY instrument_id) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(from_date))
    FROM (SELECT instrument_id, min(price_date) AS from_date
          FROM ((SELECT instrument_id, price_date, close FROM deleted
                 EXCEPT SELECT instrument_id, price_date, close FROM inserted)
                UNION ALL
                (SELECT instrument_id, price_date, close FROM inserted
                 EXCEPT SELECT instrument_id, price_date, close FROM deleted)) AS differing
          GROUP BY instrument_id) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(from_date))
    FROM (SELECT instrument_id, min(price_date) AS from_date FROM deleted GROUP BY instrument_id) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_inserted_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(split_date)) FROM inserted;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(split_date))
    FROM (SELECT instrument_id, split_date FROM deleted
          UNION ALL
          SELECT instrument_id, split_date FROM inserted) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(instrument_id), array_agg(split_date)) FROM deleted;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_changed_terms() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_accounts_holding(array_agg(after.instrument_id), array_agg(date '0001-01-01'))
    FROM inserted AS after
    JOIN deleted AS before ON before.instrument_id = after.instrument_id
    WHERE (before.kind, before.multiplier, before.expiration) IS DISTINCT FROM (after.kind, after.multiplier, after.expiration);
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.forget_deleted_accounts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM rollforward_data.stale_mark WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.lot_slice WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.position_snapshot WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.account_snapshot WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.account_currency WHERE account_id IN (SELECT account_id FROM deleted);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION rollforward_data.mark_accounts_holding IS 'Marks the accounts with movements in given instruments, each from its day on';
COMMENT ON FUNCTION rollforward_data.mark_inserted_prices IS 'Marks the accounts that new prices touch';
COMMENT ON FUNCTION rollforward_data.mark_updated_prices IS 'Marks the accounts that corrected prices touch';
COMMENT ON FUNCTION rollforward_data.mark_deleted_prices IS 'Marks the accounts that lost prices';
COMMENT ON FUNCTION rollforward_data.mark_inserted_splits IS 'Marks the accounts that new splits touch';
COMMENT ON FUNCTION rollforward_data.mark_updated_splits IS 'Marks the accounts that corrected splits touch';
COMMENT ON FUNCTION rollforward_data.mark_deleted_splits IS 'Marks the accounts that lost splits';
COMMENT ON FUNCTION rollforward_data.mark_inserted_methods IS 'Marks the accounts that have a new cost method, from its day on';
COMMENT ON FUNCTION rollforward_data.mark_updated_methods IS 'Marks the accounts whose cost method changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_methods IS 'Marks the accounts that lost a cost method';
COMMENT ON FUNCTION rollforward_data.mark_changed_terms IS 'Marks the accounts with movements in instruments whose terms changed';
COMMENT ON FUNCTION rollforward_data.forget_deleted_accounts IS 'Removes what was derived of accounts that are gone';
COMMENT ON FUNCTION rollforward_data.mark_inserted_movements IS 'Marks the accounts that new movements touch';
COMMENT ON FUNCTION rollforward_data.mark_updated_movements IS 'Marks the accounts that changed movements left or entered';
COMMENT ON FUNCTION rollforward_data.mark_deleted_movements IS 'Marks the accounts that lost movements';
COMMENT ON FUNCTION rollforward_data.mark_all_accounts IS 'Marks every account, after a TRUNCATE of movements, prices, splits or cost methods';
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
CREATE TRIGGER forget_deleted AFTER DELETE ON rollforward_data.account
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.forget_deleted_accounts();
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.price
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_prices();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.price
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_prices();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.price
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_prices();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.price
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_terms AFTER UPDATE ON rollforward_data.instrument
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_changed_terms();
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.split
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_splits();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.split
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_splits();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.split
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_splits();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.split
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.account_cost_method
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_methods();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.account_cost_method
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_methods();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.account_cost_method
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_methods();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.account_cost_method
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
