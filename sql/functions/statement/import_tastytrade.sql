-- Books the Tastytrade statement that this transaction has staged in rollforward_data.tastytrade_row.
--
-- All rows or none. Rows already known, from this or an overlapping statement, are not booked again. The snapshots
-- are not computed here; the account is left marked as stale.
--
-- account_number   the account to book to; created when it is new, in the currency of its first movement
-- returns          rows read, movements saved, movements already known, and the range of accounting dates
-- errors           22R01 account_number is no name
--                  22R02 nothing is staged
--                  23R01 rows cannot be booked; DETAIL lists the first hundred as {line, column, value, reason},
--                  tastytrade_offences() all of them while the rows are staged
-- locks            the account row
CREATE OR REPLACE FUNCTION rollforward.import_tastytrade(account_number text)
RETURNS rollforward.import_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_read bigint;
    offending_rows bigint;
    offences jsonb;
    result rollforward.import_result;
BEGIN
    PERFORM rollforward.require_account_number(account_number);

    rows_read := rollforward.claim_staged_rows('tastytrade_row');
    SELECT count(DISTINCT line),
           jsonb_agg(jsonb_build_object('line', line, 'column', "column", 'value', value, 'reason', reason)
                     ORDER BY line) FILTER (WHERE nth <= 100)
    INTO offending_rows, offences
    FROM (SELECT *, row_number() OVER (ORDER BY line) AS nth FROM rollforward.tastytrade_offences()) AS found;
    IF offending_rows > 0 THEN
        PERFORM rollforward.refuse_statement(offending_rows, rows_read, offences);
    END IF;

    PERFORM rollforward.stage_tastytrade_movements();
    result := rollforward.save_staged_movements(account_number, 'tastytrade');
    result.rows_read := rows_read;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.import_tastytrade IS 'Books the Tastytrade statement staged by this transaction, whole or not at all';
