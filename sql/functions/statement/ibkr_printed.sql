-- The staged rows of this transaction in IBKR's layout, each by the names that the header before it gives to its fields.
--
-- A section may have several headers. Totals are no rows; neither is what has no header.
--
-- fields     {name: text}; blank names are left out
-- is_whole   whether it has as many fields as its header
CREATE OR REPLACE VIEW rollforward.ibkr_printed AS
WITH staged AS (
    SELECT printed.line,
           printed.section,
           printed.row_type,
           array_replace(printed.fields, NULL, '') AS fields
    FROM rollforward_data.ibkr_row AS printed
    WHERE printed.transaction_id = pg_current_xact_id()
),
headed AS (
    SELECT staged.*,
           max(staged.line) FILTER (WHERE staged.row_type = 'Header') OVER (
               PARTITION BY staged.section ORDER BY staged.line) AS header_line
    FROM staged
    WHERE staged.row_type IN ('Header', 'Data')
      AND cardinality(staged.fields) > 0
)
SELECT data.line,
       data.section,
       data.fields AS texts,
       jsonb_object(
           header.fields,
           (data.fields || array_fill(''::text, ARRAY[cardinality(header.fields)]))[1:cardinality(header.fields)]) - '' AS fields,
       cardinality(data.fields) = cardinality(header.fields)
           -- currency trades have no code, and some print none
           OR cardinality(data.fields) = cardinality(header.fields) - 1 AND data.fields[2] = 'Forex' AS is_whole
FROM headed AS data
JOIN headed AS header
    ON header.line = data.header_line
   AND header.section = data.section
WHERE data.row_type = 'Data'
  AND data.fields[1] NOT LIKE 'Total%';

COMMENT ON VIEW rollforward.ibkr_printed IS 'Staged IBKR rows of this transaction, by the names of their fields';
