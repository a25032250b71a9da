-- Staleness: every change of a fact marks the account, or what accounts share, and the first day it touches, by whatever
-- road it came. Triggers only insert: which accounts a price concerns is found out when something is computed.
-- depends: 0002.derived

CREATE TABLE rollforward_data.stale_mark (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    from_date date NOT NULL,
    CONSTRAINT stale_mark_pkey PRIMARY KEY (account_id, mark_id)
);
COMMENT ON TABLE rollforward_data.stale_mark IS 'Accounts whose derived data is to be recomputed, and from which day on';

CREATE TYPE rollforward_data.shared_fact AS ENUM ('price', 'split', 'terms', 'rate', 'calendar', 'everything');

CREATE TABLE rollforward_data.shared_mark (
    mark_id bigint GENERATED ALWAYS AS IDENTITY,
    kind rollforward_data.shared_fact NOT NULL,
    instrument_id bigint,
    currency text COLLATE "C",
    quote_currency text COLLATE "C",
    calendar text COLLATE "C",
    from_date date NOT NULL,
    resolved_in pg_snapshot,
    CONSTRAINT shared_mark_pkey PRIMARY KEY (mark_id),
    CONSTRAINT shared_mark_names_what_changed CHECK (
        CASE WHEN kind IN ('price', 'split', 'terms') THEN instrument_id IS NOT NULL
             WHEN kind = 'rate' THEN currency IS NOT NULL AND quote_currency IS NOT NULL
             WHEN kind = 'calendar' THEN calendar IS NOT NULL
             ELSE true
        END)
);
COMMENT ON TABLE rollforward_data.shared_mark IS
    'Facts of many accounts that changed, and from which day on: which accounts they concern is found out when something is computed';
COMMENT ON COLUMN rollforward_data.shared_mark.resolved_in IS
    'What could be seen when that was found out while others were at work; what they commit is looked at once more';

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
    INSERT INTO rollforward_data.shared_mark (kind, from_date) VALUES ('everything', '0001-01-01');
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
    WHERE (before.costs_in_lot, before.premium_in_cost, before.base_currency, before.calendar)
          IS DISTINCT FROM (after.costs_in_lot, after.premium_in_cost, after.base_currency, after.calendar)
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
    SELECT deleted.account_id, min(deleted.from_date)
    FROM deleted
    JOIN rollforward_data.account USING (account_id)  -- not those that go, and take their methods along
    GROUP BY deleted.account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_inserted_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'price', instrument_id, min(price_date) FROM inserted GROUP BY instrument_id;
    RETURN NULL;
END
$$;

-- Every account is valued as far as prices go: where the latest day that has one goes, all of them reach too far.
CREATE FUNCTION rollforward_data.mark_lost_days(last_date date) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rollforward_data.shared_mark (kind, from_date)
    SELECT 'everything', coalesce(left_over.price_date + 1, '0001-01-01')
    FROM (SELECT max(price_date) AS price_date FROM rollforward_data.price) AS left_over
    WHERE mark_lost_days.last_date > left_over.price_date
       OR (mark_lost_days.last_date IS NOT NULL AND left_over.price_date IS NULL);
$$;

CREATE FUNCTION rollforward_data.mark_updated_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'price', instrument_id, min(price_date)
    FROM ((SELECT instrument_id, price_date, close FROM deleted
           EXCEPT SELECT instrument_id, price_date, close FROM inserted)
          UNION ALL
          (SELECT instrument_id, price_date, close FROM inserted
           EXCEPT SELECT instrument_id, price_date, close FROM deleted)) AS differing
    GROUP BY instrument_id;
    PERFORM rollforward_data.mark_lost_days(max(price_date)) FROM deleted;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_prices() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'price', instrument_id, min(price_date) FROM deleted GROUP BY instrument_id;
    PERFORM rollforward_data.mark_lost_days(max(price_date)) FROM deleted;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_inserted_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'split', instrument_id, min(split_date) FROM inserted GROUP BY instrument_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'split', instrument_id, min(split_date)
    FROM (SELECT instrument_id, split_date FROM deleted
          UNION ALL
          SELECT instrument_id, split_date FROM inserted) AS changed
    GROUP BY instrument_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_splits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    SELECT 'split', instrument_id, min(split_date) FROM deleted GROUP BY instrument_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_inserted_rates() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, currency, quote_currency, from_date)
    SELECT 'rate', currency, quote_currency, min(rate_date) FROM inserted GROUP BY currency, quote_currency;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_rates() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, currency, quote_currency, from_date)
    SELECT 'rate', currency, quote_currency, min(rate_date)
    FROM ((SELECT currency, quote_currency, rate_date, rate FROM deleted
           EXCEPT SELECT currency, quote_currency, rate_date, rate FROM inserted)
          UNION ALL
          (SELECT currency, quote_currency, rate_date, rate FROM inserted
           EXCEPT SELECT currency, quote_currency, rate_date, rate FROM deleted)) AS differing
    GROUP BY currency, quote_currency;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_rates() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, currency, quote_currency, from_date)
    SELECT 'rate', currency, quote_currency, min(rate_date) FROM deleted GROUP BY currency, quote_currency;
    RETURN NULL;
END
$$;

-- A day more or less also moves the days on which Monday to Friday counts: those behind the trading day before it.
CREATE FUNCTION rollforward_data.mark_calendars(calendars text[], from_dates date[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rollforward_data.shared_mark (kind, calendar, from_date)
    SELECT 'calendar', changed.calendar, coalesce(before.trading_date + 1, '0001-01-01')
    FROM unnest(calendars, from_dates) AS changed (calendar, from_date)
    LEFT JOIN LATERAL (
        SELECT known.trading_date
        FROM rollforward_data.trading_calendar AS known
        WHERE known.calendar = changed.calendar
          AND known.trading_date < changed.from_date
        ORDER BY known.trading_date DESC
        LIMIT 1
    ) AS before ON true;
$$;

CREATE FUNCTION rollforward_data.mark_inserted_days() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_calendars(array_agg(calendar), array_agg(from_date))
    FROM (SELECT calendar, min(trading_date) AS from_date FROM inserted GROUP BY calendar) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_updated_days() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_calendars(array_agg(calendar), array_agg(from_date))
    FROM (SELECT calendar, min(trading_date) AS from_date
          FROM (SELECT calendar, trading_date FROM deleted
                UNION ALL
                SELECT calendar, trading_date FROM inserted) AS either
          GROUP BY calendar) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_deleted_days() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.mark_calendars(array_agg(calendar), array_agg(from_date))
    FROM (SELECT calendar, min(trading_date) AS from_date FROM deleted GROUP BY calendar) AS changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION rollforward_data.mark_changed_terms() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.shared_mark (kind, instrument_id, from_date)
    -- not by a join: its plan would be that of the first, perhaps empty, statement of the session
    SELECT 'terms', instrument_id, '0001-01-01'
    FROM (SELECT * FROM deleted UNION ALL SELECT * FROM inserted) AS terms
    GROUP BY instrument_id
    -- the symbol too: options name what they deliver by it
    HAVING count(DISTINCT (symbol, kind, currency, multiplier, underlying, strike, option_right, expiration)) > 1;
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
    DELETE FROM rollforward_data.valued_account WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.equity_snapshot WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.position WHERE account_id IN (SELECT account_id FROM deleted);
    DELETE FROM rollforward_data.account_currency WHERE account_id IN (SELECT account_id FROM deleted);
    RETURN NULL;
END
$$;

-- DELETE, not TRUNCATE: these tables may be among those that are being truncated.
CREATE FUNCTION rollforward_data.forget_all_accounts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM rollforward_data.stale_mark;
    DELETE FROM rollforward_data.lot_slice;
    DELETE FROM rollforward_data.position_snapshot;
    DELETE FROM rollforward_data.account_snapshot;
    DELETE FROM rollforward_data.valued_account;
    DELETE FROM rollforward_data.equity_snapshot;
    DELETE FROM rollforward_data.position;
    DELETE FROM rollforward_data.account_currency;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION rollforward_data.mark_inserted_prices IS 'Marks instruments with new prices, each from the first on';
COMMENT ON FUNCTION rollforward_data.mark_updated_prices IS 'Marks instruments whose prices changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_prices IS 'Marks instruments that lost prices';
COMMENT ON FUNCTION rollforward_data.mark_lost_days IS 'Marks everything behind the latest day that still has a price';
COMMENT ON FUNCTION rollforward_data.mark_inserted_splits IS 'Marks instruments with new splits, each from the first on';
COMMENT ON FUNCTION rollforward_data.mark_updated_splits IS 'Marks instruments whose splits changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_splits IS 'Marks instruments that lost splits';
COMMENT ON FUNCTION rollforward_data.mark_inserted_methods IS 'Marks the accounts that have a new cost method, from its day on';
COMMENT ON FUNCTION rollforward_data.mark_updated_methods IS 'Marks the accounts whose cost method changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_methods IS 'Marks the accounts that lost a cost method';
COMMENT ON FUNCTION rollforward_data.mark_changed_terms IS 'Marks instruments whose terms changed';
COMMENT ON FUNCTION rollforward_data.mark_inserted_rates IS 'Marks pairs of currencies with new rates, each from the first on';
COMMENT ON FUNCTION rollforward_data.mark_updated_rates IS 'Marks pairs of currencies whose rates changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_rates IS 'Marks pairs of currencies that lost rates';
COMMENT ON FUNCTION rollforward_data.mark_calendars IS 'Marks calendars, each from behind the trading day before the first that changed';
COMMENT ON FUNCTION rollforward_data.mark_inserted_days IS 'Marks calendars with new trading days';
COMMENT ON FUNCTION rollforward_data.mark_updated_days IS 'Marks calendars whose trading days changed';
COMMENT ON FUNCTION rollforward_data.mark_deleted_days IS 'Marks calendars that lost trading days';
COMMENT ON FUNCTION rollforward_data.forget_deleted_accounts IS 'Removes what was derived of accounts that are gone';
COMMENT ON FUNCTION rollforward_data.forget_all_accounts IS 'Removes all that was derived, after a TRUNCATE of accounts';
COMMENT ON FUNCTION rollforward_data.mark_inserted_movements IS 'Marks the accounts that new movements touch';
COMMENT ON FUNCTION rollforward_data.mark_updated_movements IS 'Marks the accounts that changed movements left or entered';
COMMENT ON FUNCTION rollforward_data.mark_deleted_movements IS 'Marks the accounts that lost movements';
COMMENT ON FUNCTION rollforward_data.mark_all_accounts IS 'Marks everything, after a TRUNCATE of facts or a change of a setting of the whole database';
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
CREATE TRIGGER forget_truncated AFTER TRUNCATE ON rollforward_data.account
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.forget_all_accounts();
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
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.fx_rate
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_rates();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.fx_rate
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_rates();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.fx_rate
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_rates();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.fx_rate
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.trading_calendar
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_inserted_days();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.trading_calendar
    REFERENCING OLD TABLE AS deleted NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_updated_days();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.trading_calendar
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_deleted_days();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.trading_calendar
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rollforward_data.setting
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();
