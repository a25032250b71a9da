"""Every code of an offence, by ordinal and field: what it is given for, and that nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollforward import Session
from rollforward.errors import BatchRejected, StaleVersion
from rollforward.resources import sql_root
from tests.support.batches import everything, furnish, good_rows, session_of

Call = Callable[[Session], Any]


def saving(entity: str, **spoiled: Any) -> Call:
    """Two rows are saved, of which the second one is spoiled."""
    first, second = good_rows(entity, 2, first=6)
    return lambda session: session.save(entity, [first, second | spoiled])


def updating_unknown(session: Session) -> Any:
    return session.update("person", [{"person_id": 1, "name": "a"}, {"person_id": 99, "name": "b"}])


def deleting_unknown(session: Session) -> Any:
    return session.delete("person", [3, 99], unknown="error")


CASES: list[tuple[str, str, Call]] = [
    ("null_id", "account_id", saving("movement", account_id=None)),
    ("null_id", "price_date", saving("price", price_date=None)),
    ("missing", "number", saving("account", number=None)),
    ("missing", "accounting_date", saving("movement", accounting_date=None)),
    ("bad_enum", "kind", saving("instrument", kind="stonk")),
    ("bad_enum", "effect", saving("movement", effect="opening")),
    ("out_of_range", "close", saving("price", close=Decimal("1e22"))),
    ("out_of_range", "amount", saving("movement", amount=Decimal("NaN"))),
    ("out_of_range", "multiplier", saving("instrument", multiplier=Decimal("Infinity"))),
    ("too_long", "name", saving("person", name="n" * 201)),
    ("too_long", "natural_key", saving("movement", natural_key=b"k" * 201)),
    ("check_failed", "base_currency", saving("person", base_currency="dollar")),
    ("check_failed", "close", saving("price", close=Decimal(0))),
    ("check_failed", "kind, effect", saving("movement", kind="securities_out", effect="open")),
    ("duplicate_in_batch", "symbol", saving("instrument", symbol="OPTION6")),
    ("already_exists", "name", saving("person", name="P1")),
    ("already_exists", "account_id", saving("account", account_id=1)),
    ("parent_missing", "instrument_id", saving("movement", instrument_id=99)),
    ("parent_missing", "person_id", saving("account", person_id=99)),
    ("cycle", "organization_id", saving("person", person_id=50, organization_id=50)),
    ("not_found", "person_id", updating_unknown),
    ("not_found", "person_id", deleting_unknown),
    ("has_dependents", "person.organization_id", lambda session: session.delete("person", [1, 2])),
]  # fmt: skip


@pytest.fixture
def session(ledger) -> Session:
    furnish(ledger)
    ledger.rows("UPDATE rollforward_data.person SET organization_id = 2 WHERE person_id = 3")
    return session_of(ledger)


@pytest.mark.parametrize(
    ("code", "field", "call"), CASES, ids=[f"{code} {field}" for code, field, _ in CASES]
)
def test_an_offence_names_ordinal_field_and_code(ledger, session, code, field, call):
    before = everything(ledger)
    with pytest.raises(BatchRejected) as refused:
        call(session)
    assert refused.value.sqlstate == "23R01"
    assert [(each["ordinal"], each["code"], each["field"]) for each in refused.value.detail] == [
        (2, code, field)
    ]
    assert everything(ledger) == before


def test_what_is_wrong_in_the_batch_spoils_what_refers_to_it(ledger, session):
    rows = [
        {"name": "child", "organization_id": 50},
        {"name": "parent", "person_id": 50, "base_currency": "?"},
    ]
    with pytest.raises(BatchRejected) as refused:
        session.save("person", rows)
    assert [(each["ordinal"], each["code"]) for each in refused.value.detail] == [
        (1, "parent_in_batch_invalid"),
        (2, "check_failed"),
    ]


def test_a_movement_that_was_deleted_says_when(ledger, session):
    rows = good_rows("movement", 2)
    keys = [outcome.key for outcome in session.save("movement", rows)]
    session.delete("movement", keys[1:])
    with pytest.raises(BatchRejected) as refused:
        session.save("movement", rows[1:])
    (offence,) = refused.value.detail
    assert (offence["code"], offence["field"]) == ("was_deleted", "natural_key")
    assert re.fullmatch(r"it was deleted on \d{4}-.*", offence["message"])


def test_a_version_that_is_gone_has_an_error_of_its_own(ledger, session):
    (row,) = session.load("person", [1])
    session.update("person", [{"person_id": 1, "base_currency": "EUR"}])
    with pytest.raises(StaleVersion) as refused:
        session.update("person", [row | {"base_currency": "CHF"}])
    assert refused.value.sqlstate == "23R02"
    assert [(each["code"], each["field"]) for each in refused.value.detail] == [("stale_version", "version")]


def test_every_code_is_among_these():
    """The header of the type lists them all; the tests above cause them all."""
    listed = Path(sql_root() / "functions" / "batch" / "batch_offence.sql").read_text().partition("CREATE")[0]
    codes = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\bmissing\b|\bcycle\b", listed))
    caused = {code for code, _, _ in CASES} | {"parent_in_batch_invalid", "was_deleted", "stale_version"}
    assert codes == caused
