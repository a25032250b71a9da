-- Saves the movements staged in batch_movement: all of them or none.
--
-- See save_movement_batch. For who has too many for arrays: call open_batch('movement'), COPY into
-- pg_temp.batch_movement with ordinals from 1, and call this, all in one transaction.
CREATE OR REPLACE FUNCTION rollforward.save_movement_stage(
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, movement_id bigint, status text, version integer)
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
    PERFORM rollforward.require_choice('on_conflict', save_movement_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_stage('movement');
    earlier := rollforward.earlier_result('movement', 'save', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'account_ids')::bigint[],
            (earlier ->> 'movement_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.analyze_stage('pg_temp.batch_movement', (SELECT count(*) FROM batch_movement));
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.movement IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.complete_movement_stage(save_movement_stage.on_conflict);
            PERFORM rollforward.match_movement_stage(save_movement_stage.on_conflict);

            IF save_movement_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_movement_stage();
            ELSE
                INSERT INTO rollforward_data.movement (
                    account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id,
                    to_instrument_id, quantity, price, amount, commission, fee, tax, commission_currency, counter_amount,
                    counter_currency, per_quantity, lot_ref, external_id, description, natural_key)
                SELECT staged.account_id, staged.occurred_at, staged.accounting_date,
                       staged.kind::rollforward_data.movement_kind, staged.currency,
                       coalesce(staged.movement_id, nextval('rollforward_data.event_id')),
                       staged.effect::rollforward_data.movement_effect, staged.side::rollforward_data.position_side,
                       staged.instrument_id, staged.to_instrument_id, staged.quantity::rollforward_data.exact_quantity,
                       staged.price::rollforward_data.exact_price, coalesce(staged.amount::rollforward_data.exact_money, 0),
                       coalesce(staged.commission::rollforward_data.exact_money, 0),
                       coalesce(staged.fee::rollforward_data.exact_money, 0),
                       coalesce(staged.tax::rollforward_data.exact_money, 0), staged.commission_currency,
                       staged.counter_amount::rollforward_data.exact_money, staged.counter_currency,
                       staged.per_quantity::rollforward_data.exact_quantity, staged.lot_ref, staged.external_id,
                       staged.description, staged.natural_key
                FROM batch_movement AS staged
                WHERE staged.status IS NULL
                ORDER BY staged.account_id, staged.natural_key;
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.complete_movement_stage(save_movement_stage.on_conflict);
                PERFORM rollforward.refuse_batch('movement', 'save', save_movement_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these movements meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
    PERFORM rollforward.draw_beyond(
        'rollforward_data.event_id',
        (SELECT max(movement_id) FROM batch_movement));

    outcome := rollforward.movement_stage_outcome();
    PERFORM rollforward.finish_batch(
        'movement', 'save', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'account_ids', outcome.account_ids::text,
            'movement_ids', outcome.movement_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.account_ids, outcome.movement_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.save_movement_stage IS 'Saves the staged movements: all of them or none';
