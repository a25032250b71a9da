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
BEGIN
    PERFORM rollforward.require_choice('on_conflict', save_account_stage.on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_account');
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
    PERFORM rollforward.write_account_stage(save_account_stage.on_conflict);
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
