-- What an operation with this idempotency key has returned, the text of an array for each column; NULL if there was none.
--
-- Waits for one that is still under way.
--
-- errors     22R01 the key was used for another operation, is empty or too long
-- locks      the key, until the transaction ends
CREATE OR REPLACE FUNCTION rollforward.earlier_result(entity text, operation text, idempotency_key text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    earlier rollforward_data.batch_operation;
BEGIN
    IF idempotency_key IS NULL THEN
        RETURN NULL;
    END IF;
    IF idempotency_key = '' OR length(idempotency_key) > 200 THEN
        RAISE EXCEPTION 'an idempotency key has between 1 and 200 characters'
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'idempotency_key', 'value', left(idempotency_key, 200))),
                  HINT = 'A UUID is one.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('rollforward batch ' || idempotency_key, 0));

    SELECT * INTO earlier
    FROM rollforward_data.batch_operation AS known
    WHERE known.idempotency_key = earlier_result.idempotency_key;
    IF (earlier.entity, earlier.operation) <> (earlier_result.entity, earlier_result.operation) THEN
        RAISE EXCEPTION 'the idempotency key % was used to % %', idempotency_key, earlier.operation, earlier.entity
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'idempotency_key', 'value', idempotency_key)),
                  HINT = 'A key stands for one call and its repetitions.';
    END IF;
    RETURN earlier.result;
END
$$;

COMMENT ON FUNCTION rollforward.earlier_result IS 'What an operation with this idempotency key has returned';
