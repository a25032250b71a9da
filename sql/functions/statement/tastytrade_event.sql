-- What the row kinds of a Tastytrade statement mean: one row per kind and action that can be booked.
--
-- security     cash, share or option: what the row is about
-- action       as printed, where it decides; NULL where the sub type says it all
-- A special dividend comes as a pair of rows, which becomes one strike adjustment.
CREATE OR REPLACE VIEW rollforward.tastytrade_event AS
SELECT event.type, event.sub_type, event.security, event.action,
       event.kind::rollforward_data.movement_kind,
       event.effect::rollforward_data.movement_effect,
       event.side::rollforward_data.position_side
FROM (VALUES
    ('Money Movement', 'Deposit', 'cash', NULL, 'deposit', NULL, NULL),
    ('Money Movement', 'Withdrawal', 'cash', NULL, 'withdrawal', NULL, NULL),
    ('Money Movement', 'Transfer', 'cash', NULL, 'cash_in', NULL, NULL),
    ('Money Movement', 'Fee', 'cash', NULL, 'fee', NULL, NULL),
    ('Money Movement', 'Balance Adjustment', 'cash', NULL, 'adjustment', NULL, NULL),
    ('Money Movement', 'Credit Interest', 'cash', NULL, 'interest', NULL, NULL),
    ('Money Movement', 'Debit Interest', 'cash', NULL, 'interest_paid', NULL, NULL),
    ('Money Movement', 'Fully Paid Stock Lending Income', 'cash', NULL, 'lending', NULL, NULL),
    ('Money Movement', 'Dividend', 'cash', NULL, 'dividend', NULL, NULL),
    ('Trade', 'Buy to Open', 'share', NULL, 'buy', 'open', NULL),
    ('Trade', 'Sell to Open', 'share', NULL, 'sell', 'open', NULL),
    ('Trade', 'Buy to Close', 'share', NULL, 'buy', 'close', NULL),
    ('Trade', 'Sell to Close', 'share', NULL, 'sell', 'close', NULL),
    ('Trade', 'Buy to Open', 'option', NULL, 'buy', 'open', NULL),
    ('Trade', 'Sell to Open', 'option', NULL, 'sell', 'open', NULL),
    ('Trade', 'Buy to Close', 'option', NULL, 'buy', 'close', NULL),
    ('Trade', 'Sell to Close', 'option', NULL, 'sell', 'close', NULL),
    ('Receive Deliver', 'Expiration', 'option', 'SELL_TO_CLOSE', 'expiration', 'close', 'long'),
    ('Receive Deliver', 'Expiration', 'option', 'BUY_TO_CLOSE', 'expiration', 'close', 'short'),
    ('Receive Deliver', 'Expiration', 'option', '', 'expiration', 'close', NULL),
    ('Receive Deliver', 'ACAT', 'share', 'BUY_TO_OPEN', 'securities_in', 'open', 'long'),
    ('Receive Deliver', 'ACAT', 'share', 'SELL_TO_OPEN', 'securities_in', 'open', 'short'),
    ('Receive Deliver', 'ACAT', 'share', 'SELL_TO_CLOSE', 'securities_out', 'close', 'long'),
    ('Receive Deliver', 'ACAT', 'share', 'BUY_TO_CLOSE', 'securities_out', 'close', 'short'),
    ('Receive Deliver', 'ACAT', 'option', 'BUY_TO_OPEN', 'securities_in', 'open', 'long'),
    ('Receive Deliver', 'ACAT', 'option', 'SELL_TO_OPEN', 'securities_in', 'open', 'short'),
    ('Receive Deliver', 'ACAT', 'option', 'SELL_TO_CLOSE', 'securities_out', 'close', 'long'),
    ('Receive Deliver', 'ACAT', 'option', 'BUY_TO_CLOSE', 'securities_out', 'close', 'short'),
    ('Receive Deliver', 'Special Dividend', 'option', 'BUY_TO_OPEN', 'strike_adjustment', NULL, NULL),
    ('Receive Deliver', 'Special Dividend', 'option', 'SELL_TO_OPEN', 'strike_adjustment', NULL, NULL),
    ('Receive Deliver', 'Special Dividend', 'option', 'BUY_TO_CLOSE', 'strike_adjustment', NULL, NULL),
    ('Receive Deliver', 'Special Dividend', 'option', 'SELL_TO_CLOSE', 'strike_adjustment', NULL, NULL)
) AS event (type, sub_type, security, action, kind, effect, side);

COMMENT ON VIEW rollforward.tastytrade_event IS 'What the row kinds of a Tastytrade statement mean';
