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
-- transaction ends, and the time in rollforward.recorded_at: the defaults of columns take them from there. The log itself is written when something has been changed.
CREATE FUNCTION rollforward_data.draw_number() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known bigint;
BEGIN
    IF current_setting('rollforward.log_id', true) ~ '^[0-9]{1,18}$' THEN
        RETURN;
    END IF;
    SELECT log_id INTO known
    FROM rollforward_data.audit_log
    WHERE transaction_id = pg_current_xact_id()
      AND began_at = now();
    PERFORM set_config(
        'rollforward.log_id', coalesce(known, nextval('rollforward_data.audit_log_log_id_seq'))::text, true);
END
$$;
COMMENT ON FUNCTION rollforward_data.draw_number IS 'Draws the number of the log of this transaction, unless it has one';

CREATE FUNCTION rollforward_data.draw_log() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward_data.draw_number();
    -- a function or a DO block is one statement to the clock of statements, however long it takes
    PERFORM set_config('rollforward.recorded_at', clock_timestamp()::text, true);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.draw_log IS 'Has number and time ready for rows about to be inserted';

CREATE FUNCTION rollforward_data.current_log() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    drawn bigint;
    known bigint;
BEGIN
    PERFORM rollforward_data.draw_number();
    drawn := current_setting('rollforward.log_id');

    SELECT log_id INTO known
    FROM rollforward_data.audit_log
    WHERE transaction_id = pg_current_xact_id()
      AND began_at = now();
    IF known IS NULL THEN
        INSERT INTO rollforward_data.audit_log (log_id, actor, reason)
        OVERRIDING SYSTEM VALUE
        SELECT drawn,
               coalesce(nullif(current_setting('rollforward.actor', true), ''), session_user),
               nullif(current_setting('rollforward.reason', true), '')
        FROM rollforward_data.audit_log_log_id_seq AS numbers
        WHERE drawn BETWEEN 1 AND numbers.last_value
        ON CONFLICT ON CONSTRAINT audit_log_pkey DO NOTHING
        RETURNING log_id INTO known;
    END IF;

    -- a number that never was drawn, or that of another log, can only have been set by hand
    IF known IS DISTINCT FROM drawn THEN
        RAISE EXCEPTION 'the log % is not the one of this transaction', drawn
            USING ERRCODE = '55R03',
                  DETAIL = jsonb_build_array(jsonb_build_object('setting', 'rollforward.log_id', 'value', drawn)),
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
         SET version = CASE WHEN former.version IS NOT NULL THEN current.version + 1
                            ELSE 1 + coalesce((SELECT max(image.version) FROM rollforward_data.%I AS image WHERE (%s) = (%s)), 0)
                       END,
             log_id = (SELECT rollforward_data.current_log()), recorded_at = clock_timestamp()
         FROM current LEFT JOIN former USING (%s)
         WHERE (%s) = (%s)
           AND (former.version IS NULL OR (current.version = former.version AND %s))',
        TG_RELID::regclass, TG_TABLE_NAME || '_image',
        'image.' || array_to_string(TG_ARGV, ', image.'), 'current.' || array_to_string(TG_ARGV, ', current.'), keys,
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


-- Versions of a table: the columns that say which one a row is, the table of images, and the triggers that fill it.
CREATE FUNCTION rollforward_data.keep_versions(entity text, VARIADIC keys text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arguments CONSTANT text := (SELECT string_agg(quote_literal(key), ', ') FROM unnest(keys) AS key);
BEGIN
    EXECUTE format(
        $sql$
        ALTER TABLE rollforward_data.%1$I
            ADD COLUMN version integer NOT NULL DEFAULT 1,
            ADD COLUMN log_id bigint,
            ADD COLUMN IF NOT EXISTS recorded_at timestamptz NOT NULL DEFAULT statement_timestamp();
        ALTER TABLE rollforward_data.%1$I
            ALTER COLUMN log_id SET DEFAULT nullif(current_setting('rollforward.log_id', true), '')::bigint,
            ALTER COLUMN recorded_at SET DEFAULT
                coalesce(nullif(current_setting('rollforward.recorded_at', true), '')::timestamptz, statement_timestamp());

        CREATE TABLE rollforward_data.%2$I (
            LIKE rollforward_data.%1$I,
            superseded_in bigint NOT NULL,
            deleted_at timestamptz,
            CONSTRAINT %3$I PRIMARY KEY (%4$s, version)
        );
        COMMENT ON TABLE rollforward_data.%2$I IS 'Versions of %1$s rows that were replaced or deleted; only ever added to';

        CREATE TRIGGER draw_log BEFORE INSERT ON rollforward_data.%1$I
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.draw_log();
        CREATE TRIGGER count_on AFTER INSERT ON rollforward_data.%1$I
            REFERENCING NEW TABLE AS inserted
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.count_on(%5$s);
        CREATE TRIGGER keep_updated_version AFTER UPDATE ON rollforward_data.%1$I
            REFERENCING OLD TABLE AS former NEW TABLE AS current
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_updated(%5$s);
        CREATE TRIGGER keep_deleted_version AFTER DELETE ON rollforward_data.%1$I
            REFERENCING OLD TABLE AS deleted
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
        CREATE TRIGGER keep_truncated_version BEFORE TRUNCATE ON rollforward_data.%1$I
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.keep_deleted();
        CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rollforward_data.%2$I
            FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_change();
        $sql$,
        entity, entity || '_image', entity || '_image_pkey',
        (SELECT string_agg(quote_ident(key), ', ') FROM unnest(keys) AS key), arguments);
END
$$;
COMMENT ON FUNCTION rollforward_data.keep_versions IS 'Has all versions of a table kept; keys are the columns of its primary key';

-- What a person belongs to is a person too.
ALTER TABLE rollforward_data.person
    ADD COLUMN organization_id bigint,
    ADD CONSTRAINT person_organization_fkey FOREIGN KEY (organization_id) REFERENCES rollforward_data.person;
-- Serves deleting persons, and finding the members of an organization.
CREATE INDEX person_organization_idx ON rollforward_data.person (organization_id) WHERE organization_id IS NOT NULL;
COMMENT ON COLUMN rollforward_data.person.organization_id IS 'The household or organization that the person belongs to';

CREATE FUNCTION rollforward_data.refuse_organization_cycle() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    in_circle bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM changed WHERE organization_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- two who each make one half of a circle would not see each other
    PERFORM pg_advisory_xact_lock('rollforward_data.person'::regclass::oid::bigint);

    WITH RECURSIVE above AS (
        SELECT changed.person_id, changed.organization_id, 1 AS level
        FROM changed
        WHERE changed.organization_id IS NOT NULL
        UNION ALL
        SELECT above.person_id, higher.organization_id, above.level + 1
        FROM above
        JOIN rollforward_data.person AS higher ON higher.person_id = above.organization_id
        WHERE higher.organization_id IS NOT NULL
          AND above.level < 64
    )
    SELECT person_id INTO in_circle
    FROM above
    WHERE level = 64
    ORDER BY person_id
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'person % would belong to itself, or to more than 63 others, one above the other', in_circle
            USING ERRCODE = '23514', SCHEMA = 'rollforward_data', TABLE = 'person', COLUMN = 'organization_id',
                  CONSTRAINT = 'person_organization_is_no_circle';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollforward_data.refuse_organization_cycle IS 'Refuses persons that would belong to themselves';
CREATE TRIGGER refuse_inserted_cycle AFTER INSERT ON rollforward_data.person
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_organization_cycle();
CREATE TRIGGER refuse_updated_cycle AFTER UPDATE ON rollforward_data.person
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.refuse_organization_cycle();

-- Names are looked up by indexes, whose entries have an end.
ALTER TABLE rollforward_data.person
    ADD CONSTRAINT person_name_is_not_too_long CHECK (char_length(name) <= 200),
    ADD CONSTRAINT person_name_is_not_blank CHECK (btrim(name) <> '');
ALTER TABLE rollforward_data.account
    ADD CONSTRAINT account_number_is_not_too_long CHECK (char_length(number) <= 200);
ALTER TABLE rollforward_data.instrument
    ADD CONSTRAINT instrument_symbol_is_not_too_long CHECK (char_length(symbol) <= 200);
ALTER TABLE rollforward_data.movement
    ADD CONSTRAINT movement_natural_key_is_not_too_long CHECK (octet_length(natural_key) <= 200);
-- Equity has a row for each trading day up to the last one with a price.
ALTER TABLE rollforward_data.price
    ADD CONSTRAINT price_date_has_four_digits CHECK (price_date BETWEEN '1000-01-01' AND '2999-12-31');
-- What has changed is compared with what it was, and nobody can count either beforehand: a nested loop would be quadratic.
ALTER FUNCTION rollforward_data.mark_changed_settings() SET enable_nestloop = off;

SELECT rollforward_data.keep_versions('person', 'person_id');
SELECT rollforward_data.keep_versions('account', 'account_id');
SELECT rollforward_data.keep_versions('instrument', 'instrument_id');
SELECT rollforward_data.keep_versions('movement', 'account_id', 'movement_id');
SELECT rollforward_data.keep_versions('price', 'instrument_id', 'price_date');

-- A movement that is deleted by delete_movement_batch is not saved again when the statement that had it is imported again.
CREATE TABLE rollforward_data.deleted_movement (
    account_id bigint NOT NULL,
    natural_key bytea NOT NULL,
    movement_id bigint NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT deleted_movement_pkey PRIMARY KEY (account_id, natural_key),
    CONSTRAINT deleted_movement_account_fkey FOREIGN KEY (account_id) REFERENCES rollforward_data.account ON DELETE CASCADE
);
COMMENT ON TABLE rollforward_data.deleted_movement IS 'Movements that were deleted and are not to come again by themselves';

-- What the functions of the repository have done, each call that changed something in the end.
CREATE TABLE rollforward_data.batch_operation (
    operation_id bigint GENERATED ALWAYS AS IDENTITY,
    entity text NOT NULL,
    operation text NOT NULL,
    began_at timestamptz NOT NULL,
    took_ms numeric(12, 3) NOT NULL,
    rows_given bigint NOT NULL,
    rows_written bigint NOT NULL,
    idempotency_key text,
    result jsonb,
    CONSTRAINT batch_operation_pkey PRIMARY KEY (operation_id),
    CONSTRAINT batch_operation_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT batch_operation_key_has_a_result CHECK ((idempotency_key IS NULL) = (result IS NULL))
);
-- Serves forgetting results that nobody will ask for any more.
CREATE INDEX batch_operation_result_idx ON rollforward_data.batch_operation (began_at) WHERE idempotency_key IS NOT NULL;
COMMENT ON TABLE rollforward_data.batch_operation IS 'Calls of the functions of the repository that write: how many rows, how long';
COMMENT ON COLUMN rollforward_data.batch_operation.result IS
    'What was returned, where the call has an idempotency key: a call with that key again returns it and does nothing';
