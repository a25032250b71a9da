-- Books the statement that this transaction has staged in rollforward_data.L_row, L being the layout.
--
-- All rows or none. Rows already known, from this or an overlapping statement, are not booked again, nor are those that were
-- deleted by delete_movement_batch. What the statement says of balances and positions is kept for reconcile(). The snapshots
-- are not computed here; the account is left marked as stale.
--
-- layout              tastytrade, ibkr or generic
-- account_number      the account to book to; created when it is new, in the currency of its first movement
-- import_session_id   the session that start_import has begun; a second call for it only returns what the first one did
-- returns             rows read, movements saved, movements already known, and the range of accounting dates
-- errors              22R01 no such layout, account_number is no name, or the session is not one of yours for both
--                     22R02 nothing is staged
--                     23R01 rows cannot be booked; DETAIL lists the first hundred as {line, column, value, reason}: what
--                     statement_offences() finds, or the code of what validate_movement_batch() would
-- locks               the account row
CREATE OR REPLACE FUNCTION rollforward.import_statement(
    layout text,
    account_number text,
    import_session_id bigint DEFAULT NULL
)
RETURNS rollforward.import_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
DECLARE
    result rollforward.import_result;
BEGIN
    PERFORM rollforward.require_choice('layout', layout, rollforward.statement_layouts());
    PERFORM rollforward.require_account_number(account_number);
    IF import_session_id IS NOT NULL THEN
        PERFORM rollforward.require_own_import(import_session_id, layout, account_number);
        IF NOT rollforward.claim_import(import_session_id) THEN
            RETURN rollforward.import_outcome(import_session_id);
        END IF;
    END IF;

    result.rows_read := rollforward.read_statement(layout, account_number);
    SELECT * INTO result.account_id, result.account_created
    FROM rollforward.ensure_account(
        account_number, layout,
        coalesce((SELECT currency FROM batch_statement
                  WHERE kind IS NOT NULL
                  ORDER BY accounting_date, occurred_at, line
                  LIMIT 1), rollforward.statement_currency(layout)));
    PERFORM rollforward.create_instruments_read();
    PERFORM rollforward.stage_movements_read(result.account_id, result.account_created);
    PERFORM rollforward.save_movements_read(result.rows_read);
    PERFORM rollforward.keep_assertions(layout, result.account_id, import_session_id);
    EXECUTE format('DELETE FROM rollforward_data.%I WHERE transaction_id = pg_current_xact_id()', layout || '_row');

    SELECT count(*) FILTER (WHERE status IS NULL), count(status), min(accounting_date), max(accounting_date)
    INTO result.saved, result.already_known, result.first_date, result.last_date
    FROM batch_movement;
    UPDATE rollforward_data.import_session AS import
    SET saved_at = clock_timestamp(), account_id = result.account_id, account_created = result.account_created,
        rows_read = result.rows_read, saved = result.saved, already_known = result.already_known,
        first_date = result.first_date, last_date = result.last_date, error = NULL, finished_at = NULL
    WHERE import.import_session_id = import_statement.import_session_id;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.import_statement IS 'Books the statement staged by this transaction, whole or not at all';
