-- What is wrong with a row of a statement, as refusals list it.
CREATE OR REPLACE FUNCTION rollforward.fault("column" text, value text, reason text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_build_object('column', fault."column", 'value', coalesce(fault.value, ''), 'reason', fault.reason);

COMMENT ON FUNCTION rollforward.fault IS 'What is wrong with a row of a statement';
