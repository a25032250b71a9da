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


_FEW = 5


def disagreement_warnings(session: Session, account: int) -> list[str]:
    """What statements say of an account and is not what is computed: the last few, and how many there are."""
    found = session.reconcile(account)
    told = [
        f"{d.subject} {f'of {d.symbol} ' if d.symbol else ''}in {d.currency} on {d.as_of}:"
        f" stated {d.stated:f}, computed {d.computed:f}"
        for d in found[-_FEW:]
    ]
    if len(found) > _FEW:
        told.append(f"{len(found) - _FEW} more differences: rollforward reconcile")
    return told
