-- The rows of the staged IBKR statement that move money or securities, and that nobody has said how to read.
--
-- reason   unknown_row_kind of a trade; unknown_section, which has a currency, a day and an amount; missing_header
CREATE OR REPLACE VIEW rollforward.ibkr_unread_event AS
WITH unread AS (
    SELECT printed.line, printed.fields, printed.section,
           CASE printed.section WHEN 'Trades' THEN 'unknown_row_kind' ELSE 'unknown_section' END AS reason
    FROM rollforward.ibkr_printed AS printed
    WHERE CASE
              WHEN printed.section = 'Trades'
                  THEN printed.fields ->> 'DataDiscriminator'
                       NOT IN ('Order', 'Trade', 'ClosedLot', 'Closed Lot', 'WashSale', 'Wash Sale')
              ELSE printed.fields ?& '{Currency,Amount}'
                   AND printed.fields ?| '{Date,Date/Time,Settle Date}'
                   AND printed.section NOT IN ('Corporate Actions', 'Transfers', 'Transaction Fees')
                   AND printed.section NOT IN (SELECT section.name FROM rollforward.ibkr_section AS section)
          END
    UNION ALL
    SELECT staged.line, to_jsonb(staged.fields), staged.section, 'missing_header'
    FROM rollforward_data.ibkr_row AS staged
    WHERE staged.transaction_id = pg_current_xact_id()
      AND staged.row_type = 'Data'
      AND staged.named IS NULL
      AND staged.fields[1] NOT LIKE 'Total%'
      AND (staged.section IN ('Trades', 'Corporate Actions', 'Transfers')
           OR staged.section IN (SELECT section.name FROM rollforward.ibkr_section AS section))
)
SELECT unread.line, unread.fields, true AS is_whole, NULL AS category, NULL AS moment, NULL AS dated_by, NULL AS kind,
       NULL AS effect, NULL AS side, NULL AS symbol, NULL AS to_symbol, NULL AS currency, NULL::numeric AS quantity,
       NULL::numeric AS per_quantity, NULL::numeric AS price, NULL::numeric AS amount, NULL::numeric AS commission,
       NULL AS commission_currency, NULL::numeric AS counter_amount, NULL AS counter_currency, NULL AS identity,
       unread.section AS description, unread.reason
FROM unread;

COMMENT ON VIEW rollforward.ibkr_unread_event IS 'The rows of the staged IBKR statement that nobody has said how to read';
