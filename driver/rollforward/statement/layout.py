"""The layouts of CSV files: which printed columns go to which columns of which stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layout:
    """A layout of CSV files.

    table      the stage in schema rollforward_data
    columns    printed header (any case) to column of the stage; none in a file of sections
    function   the function of schema rollforward that loads what is staged there
    optional   headers that older files lack
    noun       what messages call such a file
    aliases    other headers (any case) for printed ones
    """

    table: str
    columns: Mapping[str, str]
    function: str = "import_statement"
    optional: frozenset[str] = frozenset()
    noun: str = "statement"
    aliases: Mapping[str, str] = field(default_factory=dict)


_GENERIC = (
    "account", "occurred_at", "kind", "effect", "symbol", "quantity", "price", "amount", "commission", "fee",
    "tax", "currency", "commission_currency", "counter_amount", "counter_currency", "lot_ref", "external_id",
    "description",
)  # fmt: skip

LAYOUTS: Mapping[str, Layout] = {
    "tastytrade": Layout(
        table="tastytrade_row",
        columns={
            "Date": "date",
            "Type": "type",
            "Sub Type": "sub_type",
            "Action": "action",
            "Symbol": "symbol",
            "Instrument Type": "instrument_type",
            "Description": "description",
            "Value": "value",
            "Quantity": "quantity",
            "Average Price": "average_price",
            "Commissions": "commissions",
            "Fees": "fees",
            "Multiplier": "multiplier",
            "Root Symbol": "root_symbol",
            "Underlying Symbol": "underlying_symbol",
            "Expiration Date": "expiration_date",
            "Strike Price": "strike_price",
            "Call or Put": "call_or_put",
            "Order #": "order_number",
            "Total": "total",
            "Currency": "currency",
        },
        optional=frozenset({"Total"}),
    ),
    # every section has headers of its own, which the database reads
    "ibkr": Layout(table="ibkr_row", columns={}),
    "generic": Layout(
        table="generic_row",
        columns={name: name for name in _GENERIC},
        optional=frozenset(_GENERIC) - {"occurred_at", "kind", "currency"},
        noun="file of movements",
    ),
}
