"""What a user should hear after importing or processing, though nothing failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rollforward.session import Session


def processing_warnings(session: Session, accounts: Sequence[int]) -> list[str]:
    """Orphan closings, and options still open past their expiration, a line each."""
    orphans = session.fetch(
        "SELECT account.account_number, orphan.accounting_date, orphan.kind::text, orphan.symbol,"
        " trim_scale(orphan.quantity), trim_scale(orphan.matched_quantity)"
        " FROM rollforward.orphan_closing AS orphan JOIN rollforward.account USING (account_id)"
        " WHERE orphan.account_id = ANY (%s) ORDER BY 1, 2, 4",
        [list(accounts)],
    )
    expired = session.fetch(
        "SELECT account_number, symbol, expiration, side::text, trim_scale(quantity)"
        " FROM rollforward.expired_lot WHERE account_id = ANY (%s) ORDER BY 1, 3, 2",
        [list(accounts)],
    )
    return [
        f"{account}: orphan closing on {day}: {kind} {quantity:f} {symbol}, of which {matched:f} were open"
        for account, day, kind, symbol, quantity, matched in orphans
    ] + [
        f"{account}: {side} {quantity:f} {symbol} is open past its expiration on {day}"
        for account, symbol, day, side, quantity in expired
    ]
