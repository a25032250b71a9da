-- Sets a setting of the whole database; the view setting lists them.
--
-- value    NULL: its default again
-- errors   22R01 there is no such setting, or it may not have that value
CREATE OR REPLACE FUNCTION rollforward.set_setting(name text, value text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    known rollforward.known_setting;
BEGIN
    PERFORM rollforward.require_choice(
        'name', set_setting.name, ARRAY(SELECT listed.name FROM rollforward.known_setting AS listed ORDER BY 1));
    SELECT * INTO known FROM rollforward.known_setting AS listed WHERE listed.name = set_setting.name;
    IF set_setting.value !~ ('^' || known.pattern || '$') THEN
        RAISE EXCEPTION '% cannot be %', set_setting.name, left(set_setting.value, 200)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'value', 'value', left(set_setting.value, 200))),
                  HINT = format('%s: %s. By default it is %s.', known.name, known.meaning, known.default_value);
    END IF;

    IF set_setting.value IS NULL THEN
        DELETE FROM rollforward_data.setting AS given WHERE given.name = set_setting.name;
    ELSE
        INSERT INTO rollforward_data.setting AS given (name, value)
        VALUES (set_setting.name, set_setting.value)
        ON CONFLICT ON CONSTRAINT setting_pkey DO UPDATE
        SET value = excluded.value
        WHERE given.value <> excluded.value;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.set_setting IS 'Sets a setting of the whole database';
