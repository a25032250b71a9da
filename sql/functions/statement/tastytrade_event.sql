-- What the row kinds of a Tastytrade statement mean: one row per kind that can be booked.
--
-- security     cash, share, option or future: what the row is about
-- action       as printed, where it decides; NULL where the sub type says it all
-- kind         split and strike_adjustment come as pairs of rows, of which the first one becomes the movement
-- refund_kind  what a row with the sign that is not the usual one is; NULL: the same
CREATE OR REPLACE VIEW rollforward.tastytrade_event AS
WITH money (sub_type, kind, usual_sign, refund_kind) AS (VALUES
    ('Deposit', 'deposit', 1, 'withdrawal'),
    ('Withdrawal', 'withdrawal', -1, 'deposit'),
    ('Transfer', 'cash_in', 1, 'cash_out'),
    ('Fee', 'fee', -1, NULL),
    ('Balance Adjustment', 'adjustment', -1, NULL),
    ('Credit Interest', 'interest', 1, 'interest_paid'),
    ('Debit Interest', 'interest_paid', -1, 'interest'),
    ('Fully Paid Stock Lending Income', 'lending', 1, NULL),
    ('Dividend', 'dividend', 1, 'dividend_tax'),
    -- futures are settled in cash every day
    ('Mark to Market', 'interest', 1, 'interest_paid'),
    ('Futures Settlement', 'interest', 1, 'interest_paid')
),
trade (sub_type, kind, effect) AS (VALUES
    ('Buy to Open', 'buy', 'open'), ('Sell to Open', 'sell', 'open'),
    ('Buy to Close', 'buy', 'close'), ('Sell to Close', 'sell', 'close'),
    ('Buy', 'buy', 'auto'), ('Sell', 'sell', 'auto')
),
-- what the two legs of an event are called
leg (action, effect, side) AS (VALUES
    ('BUY_TO_OPEN', 'open', 'long'), ('SELL_TO_OPEN', 'open', 'short'),
    ('SELL_TO_CLOSE', 'close', 'long'), ('BUY_TO_CLOSE', 'close', 'short')
)
SELECT 'Money Movement' AS type, money.sub_type, 'cash' AS security, NULL AS action,
       money.kind, NULL AS effect, NULL AS side, money.usual_sign, money.refund_kind
FROM money
UNION ALL
-- shares that an assignment or exercise delivers are received like bought ones
SELECT type.name, trade.sub_type, security.name, NULL, trade.kind, trade.effect, NULL, NULL, NULL
FROM trade
CROSS JOIN (VALUES ('Trade'), ('Receive Deliver')) AS type (name)
CROSS JOIN (VALUES ('share'), ('option'), ('future')) AS security (name)
UNION ALL
SELECT 'Receive Deliver', 'Expiration', 'option', ending.action, 'expiration', 'close', ending.side, NULL, NULL
FROM (VALUES ('SELL_TO_CLOSE', 'long'), ('BUY_TO_CLOSE', 'short'), ('', NULL)) AS ending (action, side)
UNION ALL
SELECT 'Receive Deliver', ending.sub_type, 'option', NULL, ending.kind, 'close', ending.side, NULL, NULL
FROM (VALUES
    ('Assignment', 'assignment', 'short'), ('Cash Settled Assignment', 'assignment', 'short'),
    ('Exercise', 'exercise', 'long'), ('Cash Settled Exercise', 'exercise', 'long')
) AS ending (sub_type, kind, side)
UNION ALL
SELECT 'Receive Deliver', 'ACAT', security.name, leg.action,
       CASE leg.effect WHEN 'open' THEN 'securities_in' ELSE 'securities_out' END, leg.effect, leg.side, NULL, NULL
FROM leg
CROSS JOIN (VALUES ('share'), ('option')) AS security (name)
UNION ALL
SELECT 'Receive Deliver', 'Special Dividend', 'option', leg.action, 'strike_adjustment', NULL, NULL, NULL, NULL
FROM leg
UNION ALL
SELECT 'Receive Deliver', change.sub_type, security.name, leg.action, 'split', NULL, leg.side, NULL, NULL
FROM leg
CROSS JOIN (VALUES ('Forward Split'), ('Reverse Split'), ('Symbol Change'), ('Stock Merger')) AS change (sub_type)
CROSS JOIN (VALUES ('share'), ('option')) AS security (name);

COMMENT ON VIEW rollforward.tastytrade_event IS 'What the row kinds of a Tastytrade statement mean';
