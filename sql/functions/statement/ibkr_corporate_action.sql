-- The corporate actions of the staged IBKR statement: splits, changes of name, mergers, spin-offs, rights.
--
-- A split says its ratio, and concerns the share that its description begins with; the rows of a reverse split, one for the old and one
-- for the new number of the share, say it twice. Of the rows of the same words, one that takes units and one that brings
-- some, without money, turn one share into another, with its cost. Whatever else brings units does so for nothing, or for what is
-- paid; what takes them is a sale for what it brings. All on the day it is reported: the shares trade as they are now.
--
-- What is taken back (Ca) in the same statement is not booked, and in a later one the other way round.
CREATE OR REPLACE VIEW rollforward.ibkr_corporate_action AS
WITH action AS (
    SELECT printed.line, printed.fields, printed.is_whole, printed.category, printed.currency,
           coalesce(printed.fields ->> 'Report Date', printed.fields ->> 'Date/Time') AS moment,
           CASE WHEN printed.fields ? 'Report Date' THEN 'Report Date' ELSE 'Date/Time' END AS dated_by,
           printed.fields ->> 'Description' AS description,
           -- the last brackets, which may have brackets in them, name the share of the row; the first word the subject
           regexp_replace(printed.fields ->> 'Description', last_brackets.pattern, '') AS words,
           btrim(split_part((regexp_match(printed.fields ->> 'Description', last_brackets.pattern))[1], ',', 1)) AS symbol,
           btrim(substring(printed.fields ->> 'Description' FROM '^([^(]{1,60}?)\s*\(')) AS subject,
           regexp_match(printed.fields ->> 'Description',
                        '\mSplit (\d{1,9}(?:\.\d{1,9})?) for (\d{1,9}(?:\.\d{1,9})?)(?![\d.])', 'i') AS ratio,
           rollforward.statement_number(printed.fields ->> 'Quantity') AS quantity,
           coalesce(rollforward.statement_number(printed.fields ->> 'Proceeds'), 0) AS proceeds,
           coalesce('Ca' = ANY (string_to_array(replace(printed.fields ->> 'Code', ' ', ''), ';')), false) AS is_taken_back
    FROM rollforward.ibkr_printed AS printed
    CROSS JOIN (VALUES ('\s*\(((?:[^()]|\([^()]*\))*)\)\s*$')) AS last_brackets (pattern)
    WHERE printed.section = 'Corporate Actions'
),
grouped AS (
    SELECT action.*,
           row_number() OVER (same_split ORDER BY action.is_taken_back, action.line) AS mention,
           bool_or(action.is_taken_back) OVER same_split AND NOT bool_and(action.is_taken_back) OVER same_split AS is_void,
           count(*) FILTER (WHERE action.quantity < 0) OVER same_words AS taken,
           count(*) FILTER (WHERE action.quantity > 0) OVER same_words AS brought,
           sum(abs(action.proceeds)) OVER same_words AS money,
           max(action.symbol) FILTER (WHERE action.quantity > 0) OVER same_words AS new_symbol,
           max(action.quantity) FILTER (WHERE action.quantity > 0) OVER same_words AS new_quantity,
           max(action.symbol) FILTER (WHERE action.quantity < 0) OVER same_words AS old_symbol
    FROM action
    WINDOW same_split AS (PARTITION BY action.moment, action.subject, action.ratio),
           same_words AS (PARTITION BY action.moment, action.words)
),
judged AS (
    SELECT grouped.*,
           grouped.ratio IS NULL AND grouped.taken = 1 AND grouped.brought = 1 AND grouped.money = 0
               AND grouped.old_symbol <> grouped.new_symbol AS is_change,
           grouped.ratio IS NULL AND grouped.taken > 0 AND grouped.brought > 0 AND grouped.taken + grouped.brought > 2
               AND grouped.money = 0 AS is_ambiguous
    FROM grouped
)
SELECT judged.line, judged.fields, judged.is_whole, judged.category, judged.moment, judged.dated_by,
       CASE
           WHEN judged.ratio IS NOT NULL THEN CASE WHEN judged.mention = 1 AND NOT judged.is_void THEN 'split' END
           WHEN judged.is_change THEN CASE WHEN judged.quantity < 0 THEN 'split' END
           WHEN judged.quantity < 0 THEN 'sell'
           ELSE 'buy'
       END AS kind,
       CASE WHEN judged.ratio IS NULL AND NOT judged.is_change
            THEN CASE WHEN judged.is_taken_back THEN 'auto' WHEN judged.quantity < 0 THEN 'close' ELSE 'open' END
       END AS effect,
       NULL AS side,
       CASE WHEN judged.ratio IS NULL THEN judged.symbol ELSE judged.subject END AS symbol,
       CASE WHEN judged.is_change AND judged.quantity < 0 THEN judged.new_symbol END AS to_symbol,
       judged.currency,
       CASE
           WHEN judged.ratio IS NOT NULL THEN judged.ratio[CASE WHEN judged.is_taken_back THEN 2 ELSE 1 END]::numeric
           WHEN judged.is_change THEN judged.new_quantity
           ELSE abs(judged.quantity)
       END AS quantity,
       CASE
           WHEN judged.ratio IS NOT NULL THEN judged.ratio[CASE WHEN judged.is_taken_back THEN 1 ELSE 2 END]::numeric
           WHEN judged.is_change THEN abs(judged.quantity)
       END AS per_quantity,
       NULL::numeric AS price,
       CASE WHEN judged.ratio IS NULL AND NOT judged.is_change THEN judged.proceeds ELSE 0 END AS amount,
       0::numeric AS commission,
       NULL AS commission_currency,
       NULL::numeric AS counter_amount,
       NULL AS counter_currency,
       concat_ws(' ', 'Corporate Actions', judged.moment, judged.description, trim_scale(judged.quantity), judged.is_taken_back)
           AS identity,
       judged.description,
       CASE WHEN judged.symbol IS NULL AND judged.subject IS NULL THEN 'unknown_row_kind'
            WHEN judged.is_ambiguous THEN 'ambiguous' END AS reason
FROM judged;

COMMENT ON VIEW rollforward.ibkr_corporate_action IS 'The corporate actions of the staged IBKR statement';
