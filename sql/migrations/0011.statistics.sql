-- Nothing is looked up by an amount: the planner need not know how amounts are spread, and ANALYZE is spared sorting them.
-- depends: 0010.analytics

ALTER TABLE rollforward_data.lot_slice
    ALTER COLUMN lot_offset SET STATISTICS 0,
    ALTER COLUMN quantity SET STATISTICS 0,
    ALTER COLUMN cost SET STATISTICS 0,
    ALTER COLUMN proceeds SET STATISTICS 0,
    ALTER COLUMN gain SET STATISTICS 0,
    ALTER COLUMN lot_quantity SET STATISTICS 0,
    ALTER COLUMN lot_cost SET STATISTICS 0;

ALTER TABLE rollforward_data.position_snapshot
    ALTER COLUMN long_quantity SET STATISTICS 0,
    ALTER COLUMN short_quantity SET STATISTICS 0,
    ALTER COLUMN long_cost SET STATISTICS 0,
    ALTER COLUMN short_cost SET STATISTICS 0,
    ALTER COLUMN market_value SET STATISTICS 0,
    ALTER COLUMN realized_gains SET STATISTICS 0,
    ALTER COLUMN dividends SET STATISTICS 0,
    ALTER COLUMN dividend_taxes SET STATISTICS 0,
    ALTER COLUMN options_income SET STATISTICS 0,
    ALTER COLUMN commissions SET STATISTICS 0,
    ALTER COLUMN fees SET STATISTICS 0;

ALTER TABLE rollforward_data.account_snapshot
    ALTER COLUMN deposited SET STATISTICS 0,
    ALTER COLUMN withdrawn SET STATISTICS 0,
    ALTER COLUMN invested SET STATISTICS 0,
    ALTER COLUMN realized_gains SET STATISTICS 0,
    ALTER COLUMN unrealized_gains SET STATISTICS 0,
    ALTER COLUMN market_value SET STATISTICS 0,
    ALTER COLUMN commissions SET STATISTICS 0,
    ALTER COLUMN fees SET STATISTICS 0,
    ALTER COLUMN options_income SET STATISTICS 0,
    ALTER COLUMN dividends_received SET STATISTICS 0,
    ALTER COLUMN dividend_taxes SET STATISTICS 0,
    ALTER COLUMN other_income SET STATISTICS 0,
    ALTER COLUMN cash_balance SET STATISTICS 0,
    ALTER COLUMN open_units SET STATISTICS 0,
    ALTER COLUMN contributed SET STATISTICS 0,
    ALTER COLUMN lot_costs SET STATISTICS 0;

ALTER TABLE rollforward_data.equity_snapshot
    ALTER COLUMN opening_equity SET STATISTICS 0,
    ALTER COLUMN net_flow SET STATISTICS 0,
    ALTER COLUMN pnl SET STATISTICS 0,
    ALTER COLUMN closing_equity SET STATISTICS 0,
    ALTER COLUMN cash SET STATISTICS 0,
    ALTER COLUMN long_value SET STATISTICS 0,
    ALTER COLUMN short_value SET STATISTICS 0,
    ALTER COLUMN cumulative_flow SET STATISTICS 0,
    ALTER COLUMN cumulative_pnl SET STATISTICS 0,
    ALTER COLUMN unrealized SET STATISTICS 0,
    ALTER COLUMN realized_pnl SET STATISTICS 0,
    ALTER COLUMN unrealized_change SET STATISTICS 0,
    ALTER COLUMN income SET STATISTICS 0,
    ALTER COLUMN costs SET STATISTICS 0,
    ALTER COLUMN other_pnl SET STATISTICS 0;
