-- Refuses what is not a JSON object of names and finite numbers.
--
-- errors   22R01 naming the argument and what is wrong in it
CREATE OR REPLACE FUNCTION rollforward.require_weights(argument text, weights jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong jsonb;
BEGIN
    IF jsonb_typeof(weights) <> 'object' OR weights = '{}' THEN
        wrong := weights;
    ELSE
        SELECT jsonb_build_object(weight.key, weight.value) INTO wrong
        FROM jsonb_each(weights) AS weight
        WHERE CASE WHEN jsonb_typeof(weight.value) <> 'number' THEN true
                   ELSE abs(weight.value::numeric) > 1000000
              END
        LIMIT 1;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '% cannot be %', argument, left(wrong::text, 200)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', argument, 'value', wrong)),
                  HINT = 'Pass a JSON object of names and numbers, such as {"Market": -0.2}.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_weights IS 'Refuses what is not a JSON object of names and numbers';
