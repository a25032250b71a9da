-- The corporate actions of the staged IBKR statement: splits, changes of name, mergers, spin-offs, rights.
--
-- A split says its ratio, and concerns the share that its description begins with; the rows of a reverse split, one for the old and one
-- for the new number of the share, say it twice. Two rows of the same words, of which one takes units and the other one
-- brings some, and no money, turn one share into another, with its cost. Whatever else brings units does so for nothing, or for what is
-- paid; what takes them is a sale for what it brings. All on the day it is reported: the shares trade as they are now.
CREATE OR REPLACE VIEW rollforward.ibkr_corporate_action AS
WITH action AS (
    SELECT printed.line, printed.fields, printed.is_whole,
           coalesce(printed.fields ->> 'Report Date', printed.fields ->> 'Date/Time') AS moment,
           CASE WHEN printed.fields ? 'Report Date' THEN 'Report Date' ELSE 'Date/Time' END AS dated_by,
           printed.fields ->> 'Description' AS description,
           -- what precedes the last brackets, in which the row names its own share
           regexp_replace(printed.fields ->> 'Description', '\s*\([^()]*\)\s*$', '') AS words,
           btrim(substring(printed.fields ->> 'Description' FROM '\(([^(),]{1,60})(?:,[^()]*)?\)\s*$')) AS symbol,
           btrim(substring(printed.fields ->> 'Description' FROM '^([^(]{1,60}?)\s*\(')) AS subject,
           regexp_match(printed.fields ->> 'Description', '\mSplit (\d{1,9}) for (\d{1,9})\M', 'i') AS ratio,
           rollforward.statement_number(printed.fields ->> 'Quantity') AS quantity,
           coalesce(rollforward.statement_number(printed.fields ->> 'Proceeds'), 0) AS proceeds
    FROM rollforward.ibkr_printed AS printed
    WHERE printed.section = 'Corporate Actions'
),
paired AS (
    SELECT action.*,
           row_number() OVER (PARTITION BY action.moment, action.subject, action.ratio ORDER BY action.line) AS mention,
           other.symbol AS other_symbol,
           other.quantity AS other_quantity
    FROM action
    LEFT JOIN LATERAL (
        SELECT half.symbol, half.quantity
        FROM action AS half
        WHERE half.words = action.words
          AND half.moment = action.moment
          AND sign(half.quantity) = -sign(action.quantity)
          AND half.symbol <> action.symbol
          AND half.proceeds = 0
          AND action.proceeds = 0
        ORDER BY half.line
        LIMIT 1
    ) AS other ON action.ratio IS NULL
)
SELECT paired.line, paired.fields, paired.is_whole,
       regexp_replace(paired.fields ->> 'Asset Category', ' - Held with.*$', '') AS category,
       paired.moment,
       paired.dated_by,
       CASE
           WHEN paired.ratio IS NOT NULL THEN CASE WHEN paired.mention = 1 THEN 'split' END
           WHEN paired.other_symbol IS NOT NULL THEN CASE WHEN paired.quantity < 0 THEN 'split' END
           WHEN paired.quantity < 0 THEN 'sell'
           ELSE 'buy'
       END AS kind,
       CASE WHEN paired.ratio IS NULL AND paired.other_symbol IS NULL
            THEN CASE WHEN paired.quantity < 0 THEN 'close' ELSE 'open' END
       END AS effect,
       CASE WHEN paired.ratio IS NULL THEN paired.symbol ELSE paired.subject END AS symbol,
       CASE WHEN paired.quantity < 0 THEN paired.other_symbol END AS to_symbol,
       upper(btrim(paired.fields ->> 'Currency')) AS currency,
       CASE
           WHEN paired.ratio IS NOT NULL THEN paired.ratio[1]::numeric
           ELSE abs(coalesce(paired.other_quantity, paired.quantity))
       END AS quantity,
       CASE
           WHEN paired.ratio IS NOT NULL THEN paired.ratio[2]::numeric
           WHEN paired.other_symbol IS NOT NULL THEN abs(paired.quantity)
       END AS per_quantity,
       CASE WHEN paired.ratio IS NULL AND paired.other_symbol IS NULL THEN paired.proceeds ELSE 0 END AS amount,
       paired.description,
       CASE WHEN paired.symbol IS NULL AND paired.subject IS NULL THEN 'unknown_row_kind' END AS reason
FROM paired;

COMMENT ON VIEW rollforward.ibkr_corporate_action IS 'The corporate actions of the staged IBKR statement';
