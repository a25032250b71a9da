-- In which currency the commissions of currency trades were charged in the staged IBKR statement, and how much of it.
--
-- They are printed in the base currency and charged in another one, which only the cash report tells: what it says of a
-- currency beyond the commissions of everything else is what the currency trades were charged there, each in proportion to what
-- is printed. A trade is charged in the currency that it buys or sells for another, else in the one it is quoted in, else
-- in the one its commission is printed in, whichever the report has something left for. Where that is not worth what
-- is printed, at the rates of the statement, it is something else: such trades, and those nothing is left for, have no row.
CREATE OR REPLACE VIEW rollforward.ibkr_forex_commission AS
WITH charged AS (
    SELECT cash.currency, -sum(cash.total) AS commission
    FROM rollforward.ibkr_cash AS cash
    WHERE cash.item IN ('Commissions', 'Transaction Fees')
    GROUP BY cash.currency
),
other AS (
    SELECT trade.costs_in AS currency, sum(trade.commission) AS commission
    FROM rollforward.ibkr_trade AS trade
    WHERE trade.category <> 'Forex'
    GROUP BY trade.costs_in
),
remainder AS (
    SELECT charged.currency, charged.commission - coalesce(other.commission, 0) AS commission
    FROM charged
    LEFT JOIN other USING (currency)
    -- the rest is rounding
    WHERE charged.commission - coalesce(other.commission, 0) > 0.0001
),
rate AS (
    SELECT printed.currency, rollforward.statement_number(printed.fields ->> 'Rate') AS rate
    FROM rollforward.ibkr_printed AS printed
    WHERE printed.section = 'Base Currency Exchange Rate'
),
forex AS (
    SELECT trade.line, trade.commission, trade.costs_in, candidate.currency,
           row_number() OVER (PARTITION BY trade.line ORDER BY candidate.place) AS choice
    FROM rollforward.ibkr_trade AS trade
    CROSS JOIN LATERAL (VALUES
        (split_part(trade.symbol, '.', 1), 1), (trade.currency, 2), (trade.costs_in, 3)
    ) AS candidate (currency, place)
    JOIN remainder ON remainder.currency = candidate.currency
    WHERE trade.category = 'Forex'
      AND trade.commission > 0
      AND trade.commission <> 'NaN'
),
matched AS (
    SELECT forex.line, forex.currency, forex.commission, remainder.commission AS charged,
           sum(forex.commission) OVER (PARTITION BY forex.currency) AS printed,
           CASE WHEN forex.currency = forex.costs_in THEN 1 ELSE rate.rate END AS rate
    FROM forex
    JOIN remainder USING (currency)
    LEFT JOIN rate USING (currency)
    WHERE forex.choice = 1
),
shared AS (
    -- shares are differences of rounded running sums: together they are what was charged, to the last digit
    SELECT matched.line, matched.currency,
           round(matched.charged * sum(matched.commission) OVER (PARTITION BY matched.currency ORDER BY matched.line)
                 / matched.printed, 8) AS running
    FROM matched
    WHERE abs(matched.charged * coalesce(matched.rate, matched.printed / matched.charged) - matched.printed) < matched.printed / 10
)
SELECT shared.line, shared.currency,
       shared.running - coalesce(lag(shared.running) OVER (PARTITION BY shared.currency ORDER BY shared.line), 0) AS commission
FROM shared;

COMMENT ON VIEW rollforward.ibkr_forex_commission IS 'In which currency the commissions of currency trades were charged';
