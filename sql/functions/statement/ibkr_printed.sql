-- The staged rows of this transaction in IBKR's layout, as name_ibkr_fields has named their fields.
--
-- fields       {name: text}; blank names are left out
-- is_whole     whether it has as many fields as its header
-- category     kind of instrument, wherever it is held
-- currency     that of the row, as a code
-- is_summary   of positions: whether it is one, and not a lot of it
CREATE OR REPLACE VIEW rollforward.ibkr_printed AS
SELECT staged.line,
       staged.section,
       staged.fields AS texts,
       staged.named AS fields,
       staged.is_whole,
       regexp_replace(staged.named ->> 'Asset Category', ' - Held with.*$', '') AS category,
       upper(btrim(staged.named ->> 'Currency')) COLLATE "C" AS currency,
       nullif(btrim(staged.named ->> 'Symbol'), '') COLLATE "C" AS symbol,
       staged.named ->> 'DataDiscriminator' = 'Summary' AS is_summary
FROM rollforward_data.ibkr_row AS staged
WHERE staged.transaction_id = pg_current_xact_id()
  AND staged.named IS NOT NULL;

COMMENT ON VIEW rollforward.ibkr_printed IS 'Staged IBKR rows of this transaction, by the names of their fields';
