-- Computes one account date by date: the independent reference, as a processing mode of its own.
--
-- The same figures as process_batch, by a plain loop from the first movement on; slow, and meant to be.
-- A range that begins later than the account is stale is begun there; what lies after the range is marked stale. Equity
-- begins no later than behind its last row, so that no trading day is left out.
--
-- account_id             the account to compute
-- start_date, end_date   both included
-- returns                counts and timings
-- errors                 22R01 an argument is NULL, the range is upside down, or the account is unknown
-- locks                  the account row
CREATE OR REPLACE FUNCTION rollforward.process_per_date(account_id bigint, start_date date, end_date date)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
#variable_conflict use_variable
DECLARE
    began timestamptz := clock_timestamp();
    calculated timestamptz;
    first_date date;
    first_equity_date date;
    seen bigint[];
    reference jsonb;
    item jsonb;
    result rollforward.batch_result;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(ARRAY[account_id]);
    PERFORM rollforward.resolve_marks();
    PERFORM FROM rollforward_data.account AS locked
    WHERE locked.account_id = process_per_date.account_id
    FOR NO KEY UPDATE;

    SELECT least(start_date, min(mark.from_date)), coalesce(array_agg(mark.mark_id), '{}')
    INTO first_date, seen
    FROM rollforward_data.stale_mark AS mark
    WHERE mark.account_id = process_per_date.account_id AND mark.from_date <= end_date;

    SELECT least(first_date, coalesce(max(stored.snapshot_date) + 1, '-infinity'))
    INTO first_equity_date
    FROM rollforward_data.equity_snapshot AS stored
    WHERE stored.account_id = process_per_date.account_id AND stored.snapshot_date < first_date;

    SELECT count(*), count(DISTINCT movement.accounting_date)
    INTO result.movements_processed, result.dates_processed
    FROM rollforward_data.movement
    WHERE movement.account_id = process_per_date.account_id
      AND movement.accounting_date BETWEEN first_date AND end_date;

    SELECT coalesce(jsonb_agg(jsonb_build_object('object', row.object, 'content', row.content)), '[]')
    INTO reference
    FROM rollforward.reference_rows(account_id, end_date) AS row;
    calculated := clock_timestamp();

    DELETE FROM rollforward_data.lot_slice AS stored
    WHERE stored.account_id = process_per_date.account_id
      AND stored.closed_on >= first_date;
    DELETE FROM rollforward_data.position_snapshot AS stored
    WHERE stored.account_id = process_per_date.account_id
      AND stored.snapshot_date BETWEEN first_date AND end_date;
    DELETE FROM rollforward_data.account_snapshot AS stored
    WHERE stored.account_id = process_per_date.account_id
      AND stored.snapshot_date BETWEEN first_date AND end_date;
    DELETE FROM rollforward_data.equity_snapshot AS stored
    WHERE stored.account_id = process_per_date.account_id
      AND stored.snapshot_date BETWEEN first_date AND end_date;
    -- and what something reached that was taken back since
    DELETE FROM rollforward_data.equity_snapshot AS stored
    WHERE stored.account_id = process_per_date.account_id
      AND stored.snapshot_date < first_date
      AND stored.snapshot_date > (SELECT max((known #>> '{content,snapshot_date}')::date)
                                  FROM jsonb_array_elements(reference) AS known
                                  WHERE known ->> 'object' = 'equity_snapshot');

    result.snapshots_saved := 0;
    FOR item IN SELECT value FROM jsonb_array_elements(reference) LOOP
        IF item ->> 'object' = 'lot_slice' AND (item #>> '{content,closed_on}')::date >= first_date THEN
            INSERT INTO rollforward_data.lot_slice
            SELECT * FROM jsonb_populate_record(NULL::rollforward_data.lot_slice, item -> 'content');
        ELSIF item ->> 'object' = 'position_snapshot' AND (item #>> '{content,snapshot_date}')::date >= first_date THEN
            INSERT INTO rollforward_data.position_snapshot
            SELECT * FROM jsonb_populate_record(NULL::rollforward_data.position_snapshot, item -> 'content');
        ELSIF item ->> 'object' = 'account_snapshot' AND (item #>> '{content,snapshot_date}')::date >= first_date THEN
            INSERT INTO rollforward_data.account_snapshot
            SELECT * FROM jsonb_populate_record(NULL::rollforward_data.account_snapshot, item -> 'content');
            INSERT INTO rollforward_data.account_currency (account_id, currency)
            VALUES (account_id, item #>> '{content,currency}')
            ON CONFLICT ON CONSTRAINT account_currency_pkey DO NOTHING;
            result.snapshots_saved := result.snapshots_saved + 1;
        ELSIF item ->> 'object' = 'equity_snapshot'
              AND (item #>> '{content,snapshot_date}')::date >= first_equity_date
        THEN
            INSERT INTO rollforward_data.equity_snapshot
            SELECT * FROM jsonb_populate_record(NULL::rollforward_data.equity_snapshot, item -> 'content');
        END IF;
    END LOOP;

    DELETE FROM rollforward_data.position AS stored
    WHERE stored.account_id = process_per_date.account_id;
    INSERT INTO rollforward_data.position (account_id, instrument_id, currency, held_until)
    SELECT snapshot.account_id, snapshot.instrument_id, snapshot.currency,
           CASE WHEN EXISTS (SELECT FROM rollforward_data.lot_slice AS held
                             WHERE held.account_id = snapshot.account_id AND held.closed_on = 'infinity'
                               AND held.instrument_id = snapshot.instrument_id AND held.currency = snapshot.currency)
                THEN 'infinity'
                ELSE max(snapshot.snapshot_date)
           END
    FROM rollforward_data.position_snapshot AS snapshot
    WHERE snapshot.account_id = process_per_date.account_id
    GROUP BY snapshot.account_id, snapshot.instrument_id, snapshot.currency;

    -- a day that was asked for, and to which no fact goes, stays asked for
    INSERT INTO rollforward_data.valued_account AS asked (account_id, valued_until)
    SELECT process_per_date.account_id, least(end_date, rollforward.today())
    WHERE isfinite(end_date)
      AND least(end_date, rollforward.today()) > greatest(
          (SELECT max(price.price_date) FROM rollforward_data.price),
          (SELECT max(snapshot.snapshot_date) FROM rollforward_data.account_snapshot AS snapshot
           WHERE snapshot.account_id = process_per_date.account_id))
    ON CONFLICT ON CONSTRAINT valued_account_pkey DO UPDATE
    SET valued_until = excluded.valued_until
    WHERE asked.valued_until < excluded.valued_until;

    DELETE FROM rollforward_data.stale_mark AS mark
    WHERE mark.account_id = process_per_date.account_id AND mark.mark_id = ANY (seen);

    PERFORM rollforward.mark_analyses(ARRAY[process_per_date.account_id], ARRAY[least(first_date, first_equity_date)]);

    -- behind the marks that are settled: those that are left would stand for what is marked here
    PERFORM rollforward.mark_receivers(
        ARRAY(SELECT DISTINCT traded.instrument_id FROM rollforward_data.movement AS traded
              WHERE traded.account_id = process_per_date.account_id AND traded.instrument_id IS NOT NULL),
        ARRAY[account_id]);
    IF isfinite(end_date) THEN
        INSERT INTO rollforward_data.stale_mark (account_id, from_date)
        SELECT process_per_date.account_id, end_date + 1
        WHERE EXISTS (SELECT FROM rollforward_data.movement AS later
                      WHERE later.account_id = process_per_date.account_id AND later.accounting_date > end_date)
           OR EXISTS (SELECT FROM rollforward_data.account_cost_method AS later
                      WHERE later.account_id = process_per_date.account_id AND later.from_date > end_date)
           OR EXISTS (SELECT FROM rollforward_data.lot_slice AS held
                      JOIN rollforward_data.split AS later ON later.instrument_id = held.instrument_id
                      WHERE held.account_id = process_per_date.account_id AND held.closed_on = 'infinity'
                        AND later.split_date > end_date)
           OR EXISTS (SELECT FROM rollforward_data.position_snapshot AS later
                      WHERE later.account_id = process_per_date.account_id AND later.snapshot_date > end_date)
           OR EXISTS (SELECT FROM rollforward_data.account_snapshot AS later
                      WHERE later.account_id = process_per_date.account_id AND later.snapshot_date > end_date)
           OR EXISTS (SELECT FROM rollforward_data.account
                      JOIN rollforward_data.account_snapshot AS known USING (account_id)
                      WHERE known.account_id = process_per_date.account_id
                        AND greatest((SELECT max(price.price_date) FROM rollforward_data.price),
                                     rollforward.reference_trading_day(account.calendar, known.snapshot_date, 1)) > end_date)
           OR EXISTS (SELECT FROM rollforward_data.equity_snapshot AS later
                      WHERE later.account_id = process_per_date.account_id AND later.snapshot_date > end_date);
    END IF;

    result.success := true;
    result.mode := 'per_date';
    result.fell_back := false;
    result.errors := '[]';
    result.load_ms := 0;
    result.calculation_ms := rollforward.elapsed_ms(began, calculated);
    result.persistence_ms := rollforward.elapsed_ms(calculated, clock_timestamp());
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_per_date IS 'Computes one account date by date, by the independent reference';
