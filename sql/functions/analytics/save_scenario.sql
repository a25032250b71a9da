-- Defines what might happen to factors, or changes it; all analyses become stale.
--
-- name        by which it is found
-- shocks      a JSON object: a factor and its shock each, {"Market": -0.2, "Interest Rate": 0.01}. Shocks are returns, -0.2 is a fall
--             by a fifth; of rates changes of the yield, 0.01 is a point
-- category, severity   how it is listed
-- is_active   false: it is kept, and accounts are not stressed by it
-- errors      22R01 an argument is NULL, shocks is empty or no such object, or a factor is unknown or not one that is shocked
CREATE OR REPLACE FUNCTION rollforward.save_scenario(
    name text,
    shocks jsonb,
    category text DEFAULT NULL,
    severity text DEFAULT NULL,
    is_active boolean DEFAULT true
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    saved_id integer;
BEGIN
    PERFORM rollforward.given(name, 'name'), rollforward.given(shocks, 'shocks'), rollforward.given(is_active, 'is_active');
    PERFORM rollforward.require_weights('shocks', shocks);
    PERFORM rollforward.require_choice('shocks', shock.factor, ARRAY(
                SELECT factor.name FROM rollforward_data.factor WHERE factor.is_shocked ORDER BY factor.factor_id))
    FROM jsonb_object_keys(shocks) AS shock (factor);
    IF btrim(name) <> name OR name = '' THEN
        RAISE EXCEPTION 'a scenario needs a name, not "%"', name
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'name', 'value', name)),
                  HINT = 'Without blanks around it.';
    END IF;

    INSERT INTO rollforward_data.scenario AS known (name, category, severity, is_active)
    VALUES (name, category, severity, is_active)
    ON CONFLICT ON CONSTRAINT scenario_name_key DO UPDATE
    SET category = excluded.category,
        severity = excluded.severity,
        is_active = excluded.is_active
    RETURNING known.scenario_id INTO saved_id;
    DELETE FROM rollforward_data.scenario_shock AS former WHERE former.scenario_id = saved_id;
    INSERT INTO rollforward_data.scenario_shock (scenario_id, factor_id, shock)
    SELECT saved_id, factor.factor_id, shock.value::double precision
    FROM jsonb_each_text(shocks) AS shock (factor, value)
    JOIN rollforward_data.factor ON factor.name = shock.factor;
END
$$;

COMMENT ON FUNCTION rollforward.save_scenario IS 'Defines what might happen to factors';
