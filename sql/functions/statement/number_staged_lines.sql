-- Numbers the lines of a statement that was staged without numbers: in the order of arrival, after the header where there is one.
CREATE OR REPLACE FUNCTION rollforward.number_staged_lines(layout text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        $sql$
        UPDATE rollforward_data.%1$I AS staged
        SET line = arrived.place
        FROM (SELECT row_no, row_number() OVER (ORDER BY row_no) + $1 AS place
              FROM rollforward_data.%1$I
              WHERE transaction_id = pg_current_xact_id()
                AND line IS NULL) AS arrived
        WHERE staged.transaction_id = pg_current_xact_id()
          AND staged.row_no = arrived.row_no
        $sql$, layout || '_row')
    USING CASE layout WHEN 'ibkr' THEN 0 ELSE 1 END;
END
$$;

COMMENT ON FUNCTION rollforward.number_staged_lines IS 'Numbers the lines of a statement that was staged without numbers';
