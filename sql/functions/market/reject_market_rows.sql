-- Moves the staged rows that cannot be saved to rejected_row, each with its reasons; what stays staged is good. A row that a
-- former load of the same file rejected for the same reason is kept once.
--
-- strict      refuse the whole file instead
-- rows_read   how many rows are staged, for the message
-- returns     how many rows were rejected, and the first hundred offences as {line, column, value, reason}
-- errors      23R01 with these offences in DETAIL, when strict and there are any
CREATE OR REPLACE FUNCTION rollforward.reject_market_rows(
    kind rollforward_data.market_kind,
    source text,
    strict boolean,
    rows_read bigint,
    OUT rejected bigint,
    OUT rejects jsonb
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH offending AS (
        SELECT row_no, line,
               (array_agg(reason ORDER BY place))[1] AS reason,
               jsonb_agg(jsonb_build_object('column', "column", 'value', value, 'reason', reason) ORDER BY place) AS offences
        FROM rollforward.market_offences(reject_market_rows.kind)
        GROUP BY row_no, line
    ),
    removed AS (
        DELETE FROM rollforward_data.market_row AS staged
        USING offending
        WHERE staged.transaction_id = pg_current_xact_id()
          AND staged.row_no = offending.row_no
        RETURNING offending.line, offending.reason, offending.offences,
                  jsonb_strip_nulls(
                      to_jsonb(staged) - ARRAY['transaction_id', 'row_no', 'line', 'unreadable']) AS content
    ),
    kept AS (
        INSERT INTO rollforward_data.rejected_row (kind, source, line, content, reason, offences)
        SELECT reject_market_rows.kind, reject_market_rows.source, line, content, reason, offences
        FROM removed
        ORDER BY line
        ON CONFLICT DO NOTHING
    ),
    listed AS (
        SELECT line, nth, jsonb_build_object('line', line) || offence AS offence
        FROM removed
        CROSS JOIN LATERAL jsonb_array_elements(offences) WITH ORDINALITY AS each (offence, nth)
        ORDER BY line, nth
        LIMIT 100
    )
    SELECT (SELECT count(*) FROM removed),
           (SELECT coalesce(jsonb_agg(offence ORDER BY line, nth), '[]') FROM listed)
    INTO reject_market_rows.rejected, reject_market_rows.rejects;

    IF strict AND rejected > 0 THEN
        RAISE EXCEPTION 'batch rejected: % of % rows cannot be saved', rejected, rows_read
            USING ERRCODE = '23R01', DETAIL = rejects,
                  HINT = 'Nothing of this file was saved. Correct the rows named; or load it without strict, which saves the'
                         ' others and keeps these in rollforward.rejected_row.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.reject_market_rows IS 'Moves the staged rows that cannot be saved to rejected_row';
