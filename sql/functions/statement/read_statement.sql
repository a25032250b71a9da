-- Reads the rows that this transaction has staged in a layout, once: pg_temp.batch_statement, with the columns of statement_reading.
--
-- account_number   rows that name another account are refused
-- returns          rows that are about movements
-- errors           22R02 nothing is staged
--                  23R01 rows cannot be read; DETAIL lists the first hundred faults as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.read_statement(layout text, account_number text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- nobody knows how many rows a transaction has staged
AS $$
DECLARE
    rows_read bigint;
    offending_rows bigint;
    offences jsonb;
BEGIN
    PERFORM rollforward.claim_staged_rows(layout || '_row');
    PERFORM rollforward.prepare_layout(layout);
    PERFORM rollforward.prepare_own_stage('batch_statement', 'rollforward.statement_reading');
    EXECUTE format('INSERT INTO pg_temp.batch_statement SELECT * FROM rollforward.%I', layout || '_reading');
    -- some rows are about what is held, and not about what has happened
    SELECT count(*) INTO rows_read
    FROM batch_statement
    WHERE kind IS NOT NULL
       OR occurred_at IS NOT NULL
       OR faults <> '{}';

    SELECT count(DISTINCT found.line),
           jsonb_agg(jsonb_build_object('line', found.line) || found.fault ORDER BY found.line) FILTER (WHERE found.nth <= 100)
    INTO offending_rows, offences
    FROM (
        SELECT reading.line, fault.fault, row_number() OVER (ORDER BY reading.line) AS nth
        FROM batch_statement AS reading
        CROSS JOIN LATERAL (
            SELECT unnest(reading.faults)
            UNION ALL
            SELECT rollforward.fault('account', reading.account, 'other_account')
            WHERE reading.account <> read_statement.account_number
        ) AS fault (fault)
        WHERE reading.faults <> '{}'
           OR reading.account IS NOT NULL
    ) AS found;
    IF offending_rows > 0 THEN
        PERFORM rollforward.refuse_statement(offending_rows, rows_read, offences);
    END IF;
    PERFORM rollforward.analyze_stage('pg_temp.batch_statement', rows_read);
    RETURN rows_read;
END
$$;

COMMENT ON FUNCTION rollforward.read_statement IS 'Reads the rows that this transaction has staged in a layout';
