-- The offences of a batch of movements as those of the statement that they were read from.
CREATE OR REPLACE FUNCTION rollforward.named_by_line(offences jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_agg(
               jsonb_build_object(
                   'line', offence.fields -> 'ordinal',
                   'column', replace(replace(offence.fields ->> 'field', 'accounting_date', 'occurred_at'), 'instrument_id', 'symbol'),
                   'value', offence.fields -> 'value',
                   'reason', offence.fields -> 'code')
               ORDER BY offence.place)
    FROM jsonb_array_elements(offences) WITH ORDINALITY AS offence (fields, place);
END;

COMMENT ON FUNCTION rollforward.named_by_line IS 'The offences of a batch of movements as those of the statement that they were read from';
