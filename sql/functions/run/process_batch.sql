-- Computes lots, position snapshots and account snapshots of many accounts between two dates, both included.
--
-- The number of statements does not depend on the number of dates or movements, nor on that of accounts up to 2,500, which
-- are computed at once; it grows by a round where lots travel from one of the accounts to another. Lands whole or leaves no
-- trace. An account that is stale from before start_date is computed from there on; rows after end_date that are affected are
-- marked stale.
--
-- account_ids           accounts to compute; empty is allowed and does nothing
-- start_date, end_date  both included
-- force_recalculation   ignore stored snapshots and lots and begin with the first movement
-- returns               counts and timings; success is always true, for failures raise
-- errors                22R01 an argument is NULL, the range is upside down, or an account is unknown
--                       22R03 transfers of securities between accounts go round in a circle
-- warns                 01R01 fewer than 95 in 100 of the positions valued have a recent close
-- locks                 the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.process_batch(
    account_ids bigint[],
    start_date date,
    end_date date,
    force_recalculation boolean DEFAULT false
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
SET plan_cache_mode = auto  -- what is chosen below ends with the call
AS $$
DECLARE
    slice_size CONSTANT integer := 2500;  -- accounts whose rows are sorted and hashed in memory
    few CONSTANT integer := 10;           -- accounts, for which planning takes longer than anything a plan can save
    began timestamptz := clock_timestamp();
    waiting bigint[];
    ready bigint[];
    receivers bigint[] := '{}';
    rounds integer := 0;
    dates date[] := '{}';
    positions_priced bigint := 0;
    positions_valued bigint := 0;
    result rollforward.batch_result;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    IF force_recalculation IS NULL THEN
        RAISE EXCEPTION 'force_recalculation must not be NULL'
            USING ERRCODE = '22R01',
                  DETAIL = '[{"argument": "force_recalculation", "value": null}]',
                  HINT = 'Pass true or false.';
    END IF;

    result := ROW(NULL, true, 'batch', false, 0, 0, 0, 0, 0, 0, 0, '[]', 0, NULL);
    IF account_ids = '{}' THEN
        RETURN result;
    END IF;

    PERFORM set_config(
        'plan_cache_mode', CASE WHEN cardinality(account_ids) <= few THEN 'force_generic_plan' ELSE 'auto' END, true);
    PERFORM rollforward.resolve_marks();
    PERFORM FROM rollforward_data.account
    WHERE account_id = ANY (account_ids)
    ORDER BY account_id
    FOR NO KEY UPDATE;
    PERFORM rollforward.refresh_statistics();

    waiting := ARRAY(SELECT DISTINCT listed.account_id FROM unnest(account_ids) AS listed (account_id) ORDER BY 1);
    LOOP
        -- who gives securities comes before who receives them
        ready := rollforward.independent_accounts(waiting);
        FOR begin_no IN 1 .. cardinality(ready) BY slice_size LOOP
            result := rollforward.combined(
                result,
                rollforward.compute_range(ready[begin_no : begin_no + slice_size - 1], start_date, end_date, force_recalculation));
            dates := ARRAY(
                SELECT unnest(dates) UNION SELECT event.accounting_date FROM stage_event AS event WHERE event.kind IS NOT NULL);
            SELECT positions_priced + slice.priced, positions_valued + slice.valued
            INTO positions_priced, positions_valued
            FROM rollforward.stage_coverage() AS slice;
            receivers := receivers || rollforward.mark_receivers(
                ARRAY(SELECT DISTINCT position.instrument_id FROM stage_position AS position), account_ids);
        END LOOP;

        waiting := ARRAY(SELECT unnest(waiting) EXCEPT SELECT unnest(ready));
        CONTINUE WHEN waiting <> '{}';

        -- who received after all, and is among the accounts asked for, follows at once
        waiting := ARRAY(
            SELECT DISTINCT mark.account_id
            FROM rollforward_data.stale_mark AS mark
            WHERE mark.account_id = ANY (receivers)
              AND mark.account_id = ANY (process_batch.account_ids)
              AND mark.from_date <= process_batch.end_date);
        EXIT WHEN waiting = '{}';

        rounds := rollforward.next_round(rounds, waiting);
        receivers := '{}';
        start_date := 'infinity';
        force_recalculation := false;
    END LOOP;

    result.dates_processed := cardinality(dates);
    result.coverage := trunc(100.0 * positions_priced / nullif(positions_valued, 0), 2);
    IF result.coverage < 95 AND EXISTS (SELECT FROM rollforward_data.price) THEN
        RAISE WARNING 'only % %% of the positions valued have a close no older than % days',
                      result.coverage, rollforward.lookback_days()
            USING ERRCODE = '01R01', HINT = 'unpriced(start_date, end_date) lists the closes that are missing.';
    END IF;
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    result.calculation_ms := result.total_ms - result.load_ms - result.persistence_ms;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_batch(bigint[], date, date, boolean) IS
    'Computes lots and snapshots of many accounts between two dates, in as many statements as for one';
