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
    attempt integer := 0;
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_price_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_stage('price');
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
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.price IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.match_price_stage(save_price_stage.on_conflict);

            IF save_price_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_price_stage();
            ELSE
                INSERT INTO rollforward_data.price (
                    instrument_id, price_date, close)
                SELECT staged.instrument_id, staged.price_date, staged.close::rollforward_data.exact_price
                FROM batch_price AS staged
                WHERE staged.status IS NULL
                ORDER BY staged.instrument_id, staged.price_date;
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.refuse_batch('price', 'save', save_price_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these prices meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;

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
