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
    attempt integer := 0;
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_instrument_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_stage('instrument');
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
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.instrument IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.complete_instrument_stage(save_instrument_stage.on_conflict);
            PERFORM rollforward.match_instrument_stage(save_instrument_stage.on_conflict);

            IF save_instrument_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_instrument_stage();
            ELSE
                INSERT INTO rollforward_data.instrument (
                    symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right)
                SELECT staged.symbol, staged.kind::rollforward_data.instrument_kind,
                       coalesce(staged.instrument_id, nextval('rollforward_data.instrument_instrument_id_seq')),
                       staged.currency, coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), staged.underlying,
                       staged.expiration, staged.strike::rollforward_data.exact_price,
                       staged.option_right::rollforward_data.option_right
                FROM batch_instrument AS staged
                WHERE staged.status IS NULL
                ORDER BY staged.symbol;
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.complete_instrument_stage(save_instrument_stage.on_conflict);
                PERFORM rollforward.refuse_batch('instrument', 'save', save_instrument_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these instruments meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
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
