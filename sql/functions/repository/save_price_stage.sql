-- Saves the prices staged in batch_price: all of them or none.
--
-- See save_price_batch. For who has too many for arrays: call open_batch('price'), COPY into
-- pg_temp.batch_price with ordinals from 1, and call this, all in one transaction.
CREATE OR REPLACE FUNCTION rollforward.save_price_stage(
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, instrument_id bigint, price_date date, status text, version integer)
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
    PERFORM rollforward.require_choice('on_conflict', save_price_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_price');
    earlier := rollforward.earlier_result('price', 'save', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'instrument_ids')::bigint[],
            (earlier ->> 'price_dates')::date[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.analyze_stage('pg_temp.batch_price', (SELECT count(*) FROM batch_price));
    PERFORM rollforward.write_price_stage(save_price_stage.on_conflict);

    outcome := rollforward.price_stage_outcome();
    PERFORM rollforward.finish_batch(
        'price', 'save', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'instrument_ids', outcome.instrument_ids::text,
            'price_dates', outcome.price_dates::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.instrument_ids, outcome.price_dates, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.save_price_stage IS 'Saves the staged prices: all of them or none';
