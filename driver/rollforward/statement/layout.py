"""The layouts of CSV files: which printed columns go to which columns of which stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """A layout of CSV files.

    table     the stage in schema rollforward_data
    function  the function of schema rollforward that books what is staged there
    noun      what messages call such a file
    columns   printed header (any case) to column of the stage
    optional  headers that older files lack
    """

    table: str
    function: str
    columns: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    noun: str = "statement"


_GENERIC = (
    "account", "occurred_at", "kind", "effect", "symbol", "quantity", "price", "amount", "commission", "fee",
    "tax", "currency", "commission_currency", "counter_amount", "counter_currency", "lot_ref", "external_id",
    "description",
)  # fmt: skip

LAYOUTS: Mapping[str, Layout] = {
    "tastytrade": Layout(
        table="tastytrade_row",
        function="import_tastytrade",
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
    "generic": Layout(
        table="generic_row",
        function="import_generic",
        columns={name: name for name in _GENERIC},
        optional=frozenset(_GENERIC) - {"occurred_at", "kind", "currency"},
        noun="file of movements",
    ),
}
