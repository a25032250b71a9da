"""Rates in tests: saving them, and asking for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from tests.support.ledger import Ledger

Rate = tuple[Any, Any, Any, Any]  # currency, quote currency, day, rate


def save(ledger: Ledger, *rates: Rate) -> int:
    """Save rates; how many were new or changed."""
    columns = [[str(rate[place]) for rate in rates] for place in range(4)]
    return ledger.value(
        "SELECT rollforward.save_fx_rates(%s::text[], %s::text[], %s::date[], %s::numeric[])", *columns
    )


def as_of(ledger: Ledger, day: Any, *pairs: str) -> list[Any]:
    """What is known on a day of pairs such as ``"EUR/USD"``, in their order."""
    return ledger.rows(
        "SELECT * FROM rollforward.fx_rate_as_of(%s::text[], %s::text[], %s)",
        [pair.split("/")[0] for pair in pairs],
        [pair.split("/")[1] for pair in pairs],
        day,
    )


def refusal(ledger: Ledger, query: str, *arguments: Any) -> list[dict[str, Any]]:
    """The offences a call is refused for, once it is certain that it wrote nothing."""
    before = ledger.facts_and_figures()
    with pytest.raises(psycopg.Error) as refused:
        ledger.rows(query, *arguments)
    assert refused.value.sqlstate == "22R01"
    assert refused.value.diag.message_hint
    assert ledger.facts_and_figures() == before
    return json.loads(refused.value.diag.message_detail)


def own(ledger: Ledger, person: str, numbers: Sequence[str]) -> None:
    """Give accounts to a person."""
    for number in numbers:
        ledger.rows("SELECT rollforward.set_account(%s, 'person', %s)", number, person)
