-- Refuses to cut arrays into chunks that cannot be, before the first chunk is saved.
--
-- lengths   length by name of array; NULL: it was not given
-- errors    22R01 chunk_size is not positive, on_conflict is unknown, atomic is NULL, or the arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.require_chunks(chunk_size integer, on_conflict text, atomic boolean, lengths jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.given(atomic, 'atomic');
    PERFORM rollforward.require_choice('on_conflict', on_conflict, ARRAY['error', 'skip', 'update']);
    IF rollforward.given(chunk_size, 'chunk_size') < 1 THEN
        RAISE EXCEPTION 'chunk_size must be positive: %', chunk_size
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'chunk_size', 'value', chunk_size)),
                  HINT = 'It is the number of rows in a chunk.';
    END IF;
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(lengths));
END
$$;

COMMENT ON FUNCTION rollforward.require_chunks IS 'Refuses to cut arrays into chunks that cannot be';
