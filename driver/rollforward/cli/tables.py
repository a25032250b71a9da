"""Results as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from rollforward.results import AccountSnapshot


class Figure(str):
    """A number as people read it; it stands to the right, as numbers do."""


NOT_KNOWN = "\N{EN DASH}"


def amount(value: float | Decimal | None) -> Figure:
    """Money in whole units, grouped."""
    return Figure(NOT_KNOWN if value is None else f"{value:z,.0f}")


def percent(value: float | None, *, signed: bool = False, digits: int = 1) -> Figure:
    """A part of one as a percentage, with its sign where it may be one of two."""
    if value is None:
        return Figure(NOT_KNOWN)
    return Figure(f"{value:{'+' if signed else ''}z,.{digits}%}")


def ratio(value: float | None, digits: int = 2) -> Figure:
    """A number without a unit."""
    return Figure(NOT_KNOWN if value is None else f"{value:z,.{digits}f}")


def plain_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, folded: str | None = None) -> Table:
    """A table without ornaments; numbers to the right. A narrow terminal may fold one column."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    content = [list(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1), collapse_padding=True)
    for place, header in enumerate(headers):
        numeric = bool(content) and all(
            isinstance(row[place], int | Decimal | Figure | None) for row in content
        )
        table.add_column(header, justify="right" if numeric else "left", no_wrap=header != folded)
    for row in content:
        table.add_row(*(Text(_text(value)) for value in row))
    return table


def snapshot_table(snapshots: Iterable[AccountSnapshot]) -> Table:
    """The figures of account snapshots that most people look for; ``--json`` has all of them."""
    return plain_table(
        ("account", "date", "ccy", "net flow", "invested", "realized", "unrealized", "cash", "open"),
        (
            (
                snapshot.account_number,
                snapshot.snapshot_date,
                snapshot.currency,
                snapshot.net_cash_flow,
                snapshot.invested,
                snapshot.realized_gains,
                snapshot.unrealized_gains,
                snapshot.cash_balance,
                snapshot.open_trades,
            )
            for snapshot in snapshots
        ),
    )


def _text(value: Any) -> str:
    """Money to the cent unless there is more to it; yes and nothing for booleans."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Decimal):
        cents = value.quantize(Decimal("0.01"))
        return f"{cents:,f}" if cents == value else f"{value.normalize():,f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
