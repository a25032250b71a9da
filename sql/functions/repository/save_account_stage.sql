-- Saves the accounts staged in batch_account: all of them or none.
--
-- See save_account_batch. For who has too many for arrays: call open_batch('account'), COPY into
-- pg_temp.batch_account with ordinals from 1, and call this, all in one transaction.
CREATE OR REPLACE FUNCTION rollforward.save_account_stage(
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, status text, version integer)
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
    PERFORM rollforward.require_choice('on_conflict', save_account_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_stage('account');
    earlier := rollforward.earlier_result('account', 'save', idempotency_key);
    IF earlier IS NOT NULL THEN
        RETURN QUERY
        SELECT *
        FROM unnest(
            (earlier ->> 'ordinals')::integer[],
            (earlier ->> 'account_ids')::bigint[],
            (earlier ->> 'statuses')::text[],
            (earlier ->> 'versions')::integer[]);
        RETURN;
    END IF;

    PERFORM rollforward.analyze_stage('pg_temp.batch_account', (SELECT count(*) FROM batch_account));
    LOOP
        IF attempt = 3 THEN
            -- others change the same rows again and again: let them finish, and nobody else begin
            LOCK TABLE rollforward_data.account IN EXCLUSIVE MODE;
        END IF;
        BEGIN
            PERFORM rollforward.complete_account_stage(save_account_stage.on_conflict);
            PERFORM rollforward.match_account_stage(save_account_stage.on_conflict);

            IF save_account_stage.on_conflict = 'update' THEN
                PERFORM rollforward.upsert_account_stage();
            ELSE
                INSERT INTO rollforward_data.account (
                    number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost)
                SELECT staged.number, staged.base_currency,
                       coalesce(staged.account_id, nextval('rollforward_data.account_account_id_seq')), staged.person_id,
                       staged.broker_id, staged.calendar, coalesce(staged.costs_in_lot, true),
                       coalesce(staged.premium_in_cost, false)
                FROM batch_account AS staged
                WHERE staged.status IS NULL
                ORDER BY staged.number;
            END IF;
            EXIT;
        EXCEPTION
            WHEN data_exception OR integrity_constraint_violation THEN
                PERFORM rollforward.complete_account_stage(save_account_stage.on_conflict);
                PERFORM rollforward.refuse_batch('account', 'save', save_account_stage.on_conflict);
                -- nothing is wrong by now: somebody else has saved one of them meanwhile, and it is found the next time
                attempt := attempt + 1;
                IF SQLSTATE = '23505' AND current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE EXCEPTION 'somebody else has saved one of these accounts meanwhile'
                        USING ERRCODE = '40001', HINT = 'Begin the transaction anew.';
                END IF;
                IF SQLSTATE <> '23505' OR attempt > 3 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
    PERFORM rollforward.draw_beyond(
        'rollforward_data.account_account_id_seq',
        (SELECT max(account_id) FROM batch_account));

    outcome := rollforward.account_stage_outcome();
    PERFORM rollforward.finish_batch(
        'account', 'save', began, outcome.statuses, idempotency_key,
        CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
            'ordinals', outcome.ordinals::text,
            'account_ids', outcome.account_ids::text,
            'statuses', outcome.statuses::text,
            'versions', outcome.versions::text)
        END);
    RETURN QUERY
    SELECT *
    FROM unnest(outcome.ordinals, outcome.account_ids, outcome.statuses, outcome.versions);
END
$$;

COMMENT ON FUNCTION rollforward.save_account_stage IS 'Saves the staged accounts: all of them or none';
