"""The tables that a batch fills, in the order in which the floor does."""

TABLES = (
    "account_currency",
    "position",
    "lot_slice",
    "position_snapshot",
    "account_snapshot",
    "equity_snapshot",
)
