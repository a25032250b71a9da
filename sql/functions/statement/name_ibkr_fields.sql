-- Gives the fields of the staged IBKR rows the names that the header before them has: once, since everything asks for them.
--
-- A section may have several headers. A row without one gets no names, which is a fault where money moves. Totals are no rows.
CREATE OR REPLACE FUNCTION rollforward.name_ibkr_fields()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- nobody knows how many rows a transaction has staged
AS $$
BEGIN
    WITH placed AS (
        SELECT row_no, line, section, row_type, array_replace(fields, NULL, '') AS texts,
               max(line) FILTER (WHERE row_type = 'Header') OVER (PARTITION BY section ORDER BY line) AS header_line
        FROM rollforward_data.ibkr_row
        WHERE transaction_id = pg_current_xact_id()
          AND row_type IN ('Header', 'Data')
          AND cardinality(fields) > 0
    ),
    header AS (
        SELECT line, texts AS names, cardinality(texts) AS width
        FROM placed
        WHERE row_type = 'Header'
    )
    UPDATE rollforward_data.ibkr_row AS staged
    SET fields = placed.texts,
        named = CASE WHEN header.line IS NOT NULL THEN jsonb_object(
            header.names, (placed.texts || array_fill(''::text, ARRAY[header.width]))[1:header.width]) - '' END,
        is_whole = cardinality(placed.texts) = header.width
                   -- currency trades have no code, and some print none
                   OR cardinality(placed.texts) = header.width - 1 AND placed.texts[2] = 'Forex'
    FROM placed
    LEFT JOIN header ON header.line = placed.header_line
    WHERE staged.transaction_id = pg_current_xact_id()
      AND staged.row_no = placed.row_no
      AND placed.row_type = 'Data'
      AND placed.texts[1] NOT LIKE 'Total%';
END
$$;

COMMENT ON FUNCTION rollforward.name_ibkr_fields IS 'Gives the fields of the staged IBKR rows the names that the header before them has';
