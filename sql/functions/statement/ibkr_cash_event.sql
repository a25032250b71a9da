-- The rows of the staged IBKR statement that move cash and nothing else.
CREATE OR REPLACE VIEW rollforward.ibkr_cash_event AS
SELECT printed.line,
       printed.fields,
       printed.is_whole,
       NULL AS category,
       printed.fields ->> section.dated_by AS moment,
       section.dated_by,
       CASE
           WHEN printed.section = 'Deposits & Withdrawals' AND printed.amount < 0
                AND printed.fields ->> 'Description' ~* '^\s*(commission|fee)' THEN 'fee'
           WHEN printed.section = 'Interest' AND printed.amount > 0
                AND printed.fields ->> 'Description' ~* '(SYEP|securities lent|stock loan)' THEN 'lending'
           WHEN printed.amount < 0 THEN section.outward_kind
           ELSE section.kind
       END AS kind,
       NULL AS effect,
       NULL AS side,
       -- AAPL(US0378331005) Cash Dividend …
       CASE WHEN section.kind LIKE 'dividend%'
            THEN coalesce(printed.symbol, btrim(substring(printed.fields ->> 'Description' FROM '^([^(]{1,60}?)\s*\(')))
       END AS symbol,
       NULL AS to_symbol,
       printed.currency,
       NULL::numeric AS quantity,
       NULL::numeric AS per_quantity,
       NULL::numeric AS price,
       printed.amount,
       0::numeric AS commission,
       NULL AS commission_currency,
       NULL::numeric AS counter_amount,
       NULL AS counter_currency,
       NULL AS identity,
       concat_ws(' ', nullif(printed.fields ->> 'Subtitle', ''), printed.fields ->> 'Description') AS description,
       NULL AS reason
FROM (
    SELECT known.*, rollforward.statement_number(known.fields ->> 'Amount') AS amount
    FROM rollforward.ibkr_printed AS known
) AS printed
JOIN rollforward.ibkr_section AS section ON section.name = printed.section;

COMMENT ON VIEW rollforward.ibkr_cash_event IS 'The rows of the staged IBKR statement that move cash and nothing else';
