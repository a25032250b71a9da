-- Saves the instruments staged in batch_instrument: all of them or none.
--
-- See save_instrument_batch. For who has too many for arrays: call open_batch('instrument'), COPY into
-- pg_temp.batch_instrument with ordinals from 1, and call this, all in one transaction.
CREATE OR REPLACE FUNCTION rollforward.save_instrument_stage(
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, instrument_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    earlier jsonb;
    outcome record;
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_instrument_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_instrument');
    earlier := rollforward.earlier_result('instrument', 'save', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'instrument_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.analyze_stage('pg_temp.batch_instrument', (SELECT count(*) FROM batch_instrument));
    PERFORM rollforward.write_instrument_stage(save_instrument_stage.on_conflict);
    PERFORM rollforward.draw_beyond(
        'rollforward_data.instrument_instrument_id_seq',
        (SELECT max(instrument_id) FROM batch_instrument));

    outcome := rollforward.instrument_stage_outcome();
    PERFORM rollforward.finish_batch(
        'instrument', 'save', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'instrument_ids', outcome.instrument_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.save_instrument_stage IS 'Saves the staged instruments: all of them or none';
