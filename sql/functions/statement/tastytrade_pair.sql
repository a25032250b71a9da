-- The staged rows that are two for one movement: a contract or a share is closed, and what it has become is opened.
--
-- Both print values that cancel to the cent, within two seconds. A split, a merger or a change of symbol says by its actions which
-- row is the old one, and both sides have the same terms; a symbol that stays is its own partner. After a special dividend only the
-- strike differs, and it falls: the larger one is the old contract. Rows that find no partner, or might have several, are faults.
--
-- One row for each of the two: the old one becomes the movement, the new one only says what its instrument is.
CREATE OR REPLACE VIEW rollforward.tastytrade_pair AS
WITH half AS (
    SELECT read.line, read.kind, read.symbol, read.quantity, read.strike, read.value,
           rollforward.statement_time(read.printed_date, read.accounting_date) AS occurred_at,
           CASE WHEN read.kind = 'split' OR read.value = 0 THEN read.is_closing ELSE read.value < 0 END AS is_first,
           CASE read.kind
               WHEN 'split' THEN ARRAY[
                   read.printed_sub_type, read.printed_instrument_type, read.side, read.currency,
                   read.expiration::text, read.option_right, read.accounting_date::text]
               ELSE ARRAY[
                   read.printed_sub_type, read.root_symbol, trim_scale(read.quantity)::text, read.currency,
                   read.expiration::text, read.option_right, read.accounting_date::text]
           END AS terms
    FROM rollforward.tastytrade_printed AS read
    WHERE read.kind IN ('split', 'strike_adjustment')
),
linked AS (
    SELECT half.line, half.kind, half.symbol, half.quantity, half.strike, half.value, half.occurred_at, half.is_first,
           half.terms || CASE WHEN half.kind = 'split'
                                   AND bool_or(half.is_first) OVER same_symbol AND NOT bool_and(half.is_first) OVER same_symbol
                              THEN half.symbol ELSE '' END AS terms
    FROM half
    WINDOW same_symbol AS (PARTITION BY half.terms, half.symbol)
),
ranked AS (
    SELECT linked.*,
           row_number() OVER (
               PARTITION BY linked.terms, linked.is_first
               ORDER BY abs(linked.value), linked.strike, linked.occurred_at, linked.quantity, linked.symbol, linked.line
           ) AS rank,
           -- contracts of one strike, or shares, of one value at one time: nothing says which one became which
           linked.kind = 'split'
               AND min(linked.symbol) OVER alike <> max(linked.symbol) OVER alike AS is_ambiguous
    FROM linked
    WINDOW alike AS (
        PARTITION BY linked.terms, linked.is_first, abs(linked.value), linked.strike, linked.occurred_at,
                     CASE (linked.terms)[1] WHEN 'Symbol Change' THEN linked.quantity END)
)
SELECT place.line,
       place.is_new,
       least(one.occurred_at, other.occurred_at) AS occurred_at,
       nullif(change.new_symbol, change.old_symbol) COLLATE "C" AS to_symbol,
       CASE WHEN one.kind = 'split' THEN other.quantity ELSE one.quantity END AS quantity,
       CASE one.kind WHEN 'split' THEN one.quantity END AS per_quantity
FROM ranked AS one
JOIN ranked AS other
    ON other.terms = one.terms
   AND other.rank = one.rank
   AND NOT other.is_first
CROSS JOIN LATERAL (
    SELECT one.kind = 'split' OR one.strike > other.strike AS one_is_old
) AS direction
CROSS JOIN LATERAL (VALUES
    (CASE WHEN direction.one_is_old THEN one.symbol ELSE other.symbol END,
     CASE WHEN direction.one_is_old THEN other.symbol ELSE one.symbol END)
) AS change (old_symbol, new_symbol)
CROSS JOIN LATERAL (VALUES
    (one.line, NOT direction.one_is_old), (other.line, direction.one_is_old)
) AS place (line, is_new)
WHERE one.is_first
  AND abs(one.value + other.value) <= 0.01
  AND (one.kind = 'split' OR one.strike <> other.strike)
  AND NOT one.is_ambiguous
  AND NOT other.is_ambiguous
  AND other.occurred_at BETWEEN one.occurred_at - interval '2 seconds' AND one.occurred_at + interval '2 seconds';

COMMENT ON VIEW rollforward.tastytrade_pair IS 'Staged rows that are two for one movement: splits, changes of symbol, strike adjustments';
