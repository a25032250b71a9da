-- The positions of the staged IBKR statement: no movements, but they say what an instrument is, and it may have come before anything
-- that was ever imported.
CREATE OR REPLACE VIEW rollforward.ibkr_held_event AS
SELECT printed.line, printed.fields, true AS is_whole, printed.category, NULL AS moment, NULL AS dated_by, NULL AS kind,
       NULL AS effect, NULL AS side, printed.symbol, NULL AS to_symbol, printed.currency, NULL::numeric AS quantity,
       NULL::numeric AS per_quantity, NULL::numeric AS price, NULL::numeric AS amount, 0::numeric AS commission,
       NULL AS commission_currency, NULL::numeric AS counter_amount, NULL AS counter_currency, NULL AS identity,
       NULL AS description, NULL AS reason
FROM rollforward.ibkr_printed AS printed
WHERE printed.section = 'Open Positions'
  AND printed.is_summary;

COMMENT ON VIEW rollforward.ibkr_held_event IS 'The positions of the staged IBKR statement: what their instruments are';
