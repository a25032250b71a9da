-- Who changed what, when and why: rows carry a version, what a version replaces is kept, and nothing kept is changed.
-- depends: 0005.market_data

CREATE TABLE rollforward_data.audit_log (
    log_id bigint GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    began_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    reason text,
    CONSTRAINT audit_log_pkey PRIMARY KEY (log_id),
    -- numbers of transactions begin anew where a dump is restored; with the time they stay unique
    CONSTRAINT audit_log_transaction_key UNIQUE (transaction_id, began_at)
);
COMMENT ON TABLE rollforward_data.audit_log IS 'One row per transaction that changed versioned facts';
COMMENT ON COLUMN rollforward_data.audit_log.actor IS
    'Who: what the session has set as rollforward.actor, else the role it logged in as';
COMMENT ON COLUMN rollforward_data.audit_log.reason IS 'Why: what the session has set as rollforward.reason';

-- The number of this transaction's log is drawn before anything is inserted, and stands in rollforward.log_id until the
-- transaction ends: the defaults of columns take it from there. The log itself is written when something has been changed.
CREATE FUNCTION rollforward_data.draw_log() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known bigint;
BEGIN
    IF coalesce(current_setting('rollforward.log_id', true), '') !~ '^[0-9]{1,18}$' THEN
        SELECT log_id INTO known
        FROM rollforward_data.audit_log
        WHERE transaction_id = pg_current_xact_id()
          AND began_at = now();
        PERFORM set_config(
            'rollforward.log_id', coalesce(known, nextval('rollforward_data.audit_log_log_id_seq'))::text, true);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.draw_log IS 'Has a number ready for the log of rows about to be inserted';

CREATE FUNCTION rollforward_data.current_log() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    drawn CONSTANT text := coalesce(current_setting('rollforward.log_id', true), '');
    known bigint;
BEGIN
    SELECT log_id INTO known
    FROM rollforward_data.audit_log
    WHERE transaction_id = pg_current_xact_id()
      AND began_at = now();
    IF known IS NOT NULL AND drawn !~ '^[0-9]{1,18}$' THEN
        PERFORM set_config('rollforward.log_id', known::text, true);
    ELSIF known IS NULL THEN
        IF drawn ~ '^[0-9]{1,18}$' THEN
            known := drawn::bigint;
        ELSE
            known := nextval('rollforward_data.audit_log_log_id_seq');
            PERFORM set_config('rollforward.log_id', known::text, true);
        END IF;
        INSERT INTO rollforward_data.audit_log (log_id, actor, reason)
        OVERRIDING SYSTEM VALUE
        SELECT known,
               coalesce(nullif(current_setting('rollforward.actor', true), ''), session_user),
               nullif(current_setting('rollforward.reason', true), '')
        FROM rollforward_data.audit_log_log_id_seq AS drawn_so_far
        WHERE known BETWEEN 1 AND drawn_so_far.last_value
        ON CONFLICT ON CONSTRAINT audit_log_pkey DO NOTHING;
    END IF;
    IF NOT FOUND OR known::text <> current_setting('rollforward.log_id', true) THEN
        RAISE EXCEPTION 'the log % is not the one of this transaction', current_setting('rollforward.log_id', true)
            USING ERRCODE = '55R03',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'setting', 'rollforward.log_id', 'value', current_setting('rollforward.log_id', true))),
                  HINT = 'RESET rollforward.log_id; it is set for each transaction by rollforward.';
    END IF;
    RETURN known;
END
$$;
COMMENT ON FUNCTION rollforward_data.current_log IS 'The log of this transaction, written when there is none';

CREATE FUNCTION rollforward_data.columns_of(relation regclass, alias text, only_content boolean) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT string_agg(format('%I.%I', columns_of.alias, attname), ', ' ORDER BY attnum)
    FROM pg_attribute
    WHERE attrelid = columns_of.relation
      AND attnum > 0
      AND NOT attisdropped
      AND NOT (columns_of.only_content AND attname IN ('version', 'log_id', 'recorded_at')));
COMMENT ON FUNCTION rollforward_data.columns_of IS
    'Columns of a table for dynamic SQL: all, or its content, without what says which version it is';

-- Arguments of these triggers are the columns of the key.

CREATE FUNCTION rollforward_data.keep_updated() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys CONSTANT text := array_to_string(TG_ARGV, ', ');
    is_changed CONSTANT text := format(
        '(%s) IS DISTINCT FROM (%s)',
        rollforward_data.columns_of(TG_RELID, 'current', true), rollforward_data.columns_of(TG_RELID, 'former', true));
    kept bigint;
BEGIN
    -- a key that was changed: what had the old one is gone, and what has the new one came
    EXECUTE format(
        'INSERT INTO rollforward_data.%I (%s, superseded_in, deleted_at)
         SELECT %s, (SELECT rollforward_data.current_log()), CASE WHEN current.version IS NULL THEN clock_timestamp() END
         FROM former LEFT JOIN current USING (%s)
         WHERE current.version IS NULL OR %s',
        TG_TABLE_NAME || '_image', replace(rollforward_data.columns_of(TG_RELID, '', false), '"".', ''),
        rollforward_data.columns_of(TG_RELID, 'former', false), keys, is_changed);
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept = 0 THEN
        RETURN NULL;
    END IF;

    -- unless who updates has counted the version himself
    EXECUTE format(
        'UPDATE %s AS counted
         SET version = current.version + 1, log_id = (SELECT rollforward_data.current_log()), recorded_at = clock_timestamp()
         FROM current LEFT JOIN former USING (%s)
         WHERE (%s) = (%s)
           AND (former.version IS NULL OR (current.version = former.version AND %s))',
        TG_RELID::regclass, keys,
        'counted.' || array_to_string(TG_ARGV, ', counted.'), 'current.' || array_to_string(TG_ARGV, ', current.'), is_changed);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.keep_updated IS 'Keeps what an update replaced, and counts versions';

CREATE FUNCTION rollforward_data.keep_deleted() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO rollforward_data.%I (%s, superseded_in, deleted_at)
         SELECT %s, (SELECT rollforward_data.current_log()), clock_timestamp()
         FROM %s AS former',
        TG_TABLE_NAME || '_image', replace(rollforward_data.columns_of(TG_RELID, '', false), '"".', ''),
        rollforward_data.columns_of(TG_RELID, 'former', false),
        CASE TG_OP WHEN 'TRUNCATE' THEN TG_RELID::regclass::text ELSE 'deleted' END);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.keep_deleted IS 'Keeps what was deleted';

CREATE FUNCTION rollforward_data.count_on() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys CONSTANT text := array_to_string(TG_ARGV, ', ');
    has_images boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM inserted) THEN
        RETURN NULL;
    END IF;
    PERFORM rollforward_data.current_log();

    EXECUTE format('SELECT EXISTS (SELECT FROM rollforward_data.%I)', TG_TABLE_NAME || '_image') INTO has_images;
    IF has_images THEN
        EXECUTE format(
            'UPDATE %s AS again
             SET version = former.version + 1
             FROM (SELECT %s, max(image.version) AS version
                   FROM inserted JOIN rollforward_data.%I AS image USING (%s)
                   GROUP BY %s) AS former
             WHERE (%s) = (%s)',
            TG_RELID::regclass, keys, TG_TABLE_NAME || '_image', keys, keys,
            'again.' || array_to_string(TG_ARGV, ', again.'),
            'former.' || array_to_string(TG_ARGV, ', former.'));
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.count_on IS
    'Writes the log of what was inserted, and counts versions on where something deleted comes again';

CREATE FUNCTION rollforward_data.refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_RELID::regclass
        USING ERRCODE = '55R03',
              DETAIL = jsonb_build_array(jsonb_build_object('table', TG_TABLE_NAME, 'operation', TG_OP)),
              HINT = 'What was recorded wrongly is corrected by recording what is right.';
END
$$;
COMMENT ON FUNCTION rollforward_data.refuse_change IS 'Refuses to change what is kept';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();

ALTER TABLE rollforward_data.person
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN log_id bigint,
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT statement_timestamp();
ALTER TABLE rollforward_data.person
    ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint;
CREATE TABLE rollforward_data.person_image (
    LIKE rollforward_data.person,
    superseded_in bigint NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT person_image_pkey PRIMARY KEY (person_id, version)
);
COMMENT ON TABLE rollforward_data.person_image IS 'Versions of person rows that were replaced or deleted; only ever added to';
CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.person
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.person
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on('person_id');
CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.person
    REFERENCING OLD TABLE AS former NEW TABLE AS current
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated('person_id');
CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.person
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.person
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.person_image
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();

ALTER TABLE rollforward_data.account
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN log_id bigint,
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT statement_timestamp();
ALTER TABLE rollforward_data.account
    ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint;
CREATE TABLE rollforward_data.account_image (
    LIKE rollforward_data.account,
    superseded_in bigint NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT account_image_pkey PRIMARY KEY (account_id, version)
);
COMMENT ON TABLE rollforward_data.account_image IS 'Versions of account rows that were replaced or deleted; only ever added to';
CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.account
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.account
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on('account_id');
CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.account
    REFERENCING OLD TABLE AS former NEW TABLE AS current
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated('account_id');
CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.account
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.account
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.account_image
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();

ALTER TABLE rollforward_data.instrument
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN log_id bigint,
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT statement_timestamp();
ALTER TABLE rollforward_data.instrument
    ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint;
CREATE TABLE rollforward_data.instrument_image (
    LIKE rollforward_data.instrument,
    superseded_in bigint NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT instrument_image_pkey PRIMARY KEY (instrument_id, version)
);
COMMENT ON TABLE rollforward_data.instrument_image IS 'Versions of instrument rows that were replaced or deleted; only ever added to';
CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.instrument
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.instrument
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on('instrument_id');
CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.instrument
    REFERENCING OLD TABLE AS former NEW TABLE AS current
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated('instrument_id');
CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.instrument
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.instrument
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.instrument_image
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();

ALTER TABLE rollforward_data.movement
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN log_id bigint;
ALTER TABLE rollforward_data.movement
    ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint,
    ALTER COLUMN recorded_at SET DEFAULT statement_timestamp();
CREATE TABLE rollforward_data.movement_image (
    LIKE rollforward_data.movement,
    superseded_in bigint NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT movement_image_pkey PRIMARY KEY (account_id, movement_id, version)
);
COMMENT ON TABLE rollforward_data.movement_image IS 'Versions of movement rows that were replaced or deleted; only ever added to';
CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.movement
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.movement
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on('account_id', 'movement_id');
CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.movement
    REFERENCING OLD TABLE AS former NEW TABLE AS current
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated('account_id', 'movement_id');
CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.movement
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.movement
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.movement_image
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();

ALTER TABLE rollforward_data.price
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN log_id bigint,
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT statement_timestamp();
ALTER TABLE rollforward_data.price
    ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint;
CREATE TABLE rollforward_data.price_image (
    LIKE rollforward_data.price,
    superseded_in bigint NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT price_image_pkey PRIMARY KEY (instrument_id, price_date, version)
);
COMMENT ON TABLE rollforward_data.price_image IS 'Versions of price rows that were replaced or deleted; only ever added to';
CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.price
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.price
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on('instrument_id', 'price_date');
CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.price
    REFERENCING OLD TABLE AS former NEW TABLE AS current
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated('instrument_id', 'price_date');
CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.price
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.price
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.price_image
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();
