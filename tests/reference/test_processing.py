"""``process_per_date`` stores what the reference computes, ``verify`` compares with it."""

from __future__ import annotations

import pytest

from tests.reference.books import Books, Row, figures

TABLES = ["lot_slice", "position_snapshot", "account_snapshot", "equity_snapshot", "position"]


@pytest.fixture
def account(books: Books) -> int:
    books.stock("ACME")
    return books.account()


def stored(books: Books, account: int) -> dict[str, list[Row]]:
    return {
        table: books.rows(
            f"SELECT (to_jsonb(row) - 'written_in')::text AS content FROM rollforward_data.{table} AS row"
            " WHERE account_id = %s ORDER BY 1",
            account,
        )
        for table in TABLES
    }


def differences(books: Books, account: int, start: str | None = None, end: str | None = None) -> list[Row]:
    return books.rows("SELECT * FROM rollforward.verify(%s, %s, %s)", [account], start, end)


def stale(books: Books, account: int) -> str | None:
    (row,) = books.rows(
        "SELECT min(from_date)::text AS day FROM rollforward_data.stale_mark WHERE account_id = %s", account
    )
    return row["day"]


def a_full_account(books: Books, account: int) -> None:
    """Average, then lifo; a split, a closing over three lots, an arrival at a price."""
    books.price("ACME", "2025-01-02", 11)
    books.method(account, "average")
    books.method(account, "lifo", "2025-01-08")
    books.split("ACME", "2025-01-07", 3)
    for day in ("02", "03", "06"):
        books.buy(account, f"2025-01-{day}", 7, f"1{day}")
        books.sell(account, f"2025-01-{day}", 2, 30, at="13:00")
    books.arrive(account, "2025-01-09", 5, price=2)
    books.sell(account, "2025-01-10", 40, 100)


def test_rows_have_the_scale_of_their_tables(books: Books, account: int):
    """Stored and computed rows are compared as text."""
    a_full_account(books, account)
    books.process(account)
    assert differences(books, account) == []
    (row,) = books.rows(
        "SELECT content ->> 'cost' AS cost, content ->> 'quantity' AS quantity,"
        " content ->> 'closed_on' AS closed_on"
        " FROM rollforward.reference_rows(%s, '2025-01-02')"
        " WHERE object = 'lot_slice' AND content ->> 'closed_by' IS NULL",
        account,
    )
    assert row == {"cost": "72.85714286", "quantity": "5.000000000000", "closed_on": "infinity"}


@pytest.mark.parametrize(
    "day", ["2025-01-02", "2025-01-03", "2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09"]
)
def test_in_two_runs_the_rows_are_those_of_one(books: Books, account: int, day: str):
    a_full_account(books, account)
    books.process(account)
    at_once = stored(books, account)
    for table in TABLES:
        books.rows(f"DELETE FROM rollforward_data.{table}")
    books.process(account, end=day)
    assert stale(books, account) > day
    assert differences(books, account, end=day) == []
    books.process(account, start="2025-01-10")
    assert stale(books, account) is None
    assert stored(books, account) == at_once


@pytest.mark.breaks_figures
def test_what_ends_before_the_range_stays_as_it_is_stored(books: Books, account: int):
    a_full_account(books, account)
    books.process(account)
    books.rows("UPDATE rollforward_data.lot_slice SET currency = 'XXX' WHERE closed_on < '2025-01-06'")
    books.rows(
        "UPDATE rollforward_data.account_snapshot SET withdrawn = 9 WHERE snapshot_date < '2025-01-06'"
    )
    books.process(account, start="2025-01-06")
    assert {row["key"].get("snapshot_date", row["field"]) for row in differences(books, account)} == {
        "2025-01-02",
        "2025-01-03",
        "currency",
    }


def test_on_the_last_day_of_a_range_lots_are_open_as_of_then(books: Books, account: int):
    """Three at 10, one closed on the next day, all processed; then only up to the day before."""
    books.buy(account, "2025-01-02", 3, 30)
    books.sell(account, "2025-01-03", 1, 11)
    books.process(account)
    books.process(account, start="2025-01-02", end="2025-01-02")
    assert books.open(account) == [["buy 01-02", "3", "30"]]
    assert books.closed(account) == []
    assert stale(books, account) == "2025-01-03"


@pytest.mark.parametrize("what", ["movement", "method", "split", "cash snapshot"])
def test_what_waits_behind_the_range_is_marked(books: Books, account: int, what: str):
    books.buy(account, "2025-01-02", 3, 30)
    if what == "movement":
        books.move(account, "fee", "2025-02-03", -1)
    elif what == "method":
        books.method(account, "lifo", "2025-02-03")
    elif what == "split":
        books.split("ACME", "2025-02-03", 2)
    else:
        gone = books.move(account, "deposit", "2025-02-03", 5)
        books.process(account)
        books.rows("DELETE FROM rollforward_data.movement WHERE movement_id = %s", gone)
        books.rows("UPDATE rollforward_data.stale_mark SET from_date = '2025-01-01'")
    books.process(account, end="2025-01-31")
    assert stale(books, account) == "2025-02-01"


def test_nothing_waits_where_all_is_in_the_range(books: Books, account: int):
    books.method(account, "lifo")
    books.buy(account, "2025-01-02", 3, 30)
    books.split("ACME", "2025-01-03", 2)
    books.process(account, end="2025-01-31")
    assert stale(books, account) is None


def test_a_day_that_only_a_split_or_a_method_has_is_computed(books: Books, account: int):
    books.buy(account, "2025-01-02", 3, 30)
    books.process(account)
    books.split("ACME", "2025-01-03", 2)
    books.method(account, "hifo", "2025-01-06")
    books.process(account, start="2025-02-01")
    assert books.days(account) == ["01-02 ACME", "01-03 ACME", "01-06 ACME"]
    assert figures(books.position(account, "2025-01-06"), "long_quantity long_cost") == ["6", "30"]
    assert differences(books, account) == []


@pytest.mark.breaks_figures
@pytest.mark.parametrize(
    ("statement", "object", "field"),
    [
        (
            "UPDATE rollforward_data.lot_slice SET cost = cost + 1 WHERE closed_by IS NULL",
            "lot_slice",
            "cost",
        ),
        ("UPDATE rollforward_data.position_snapshot SET long_cost = 0", "position_snapshot", "long_cost"),
        ("UPDATE rollforward_data.account_snapshot SET market_value = 0", "account_snapshot", "market_value"),
    ],
)
def test_verify_finds_what_was_tampered_with(books: Books, account: int, statement, object, field):
    books.buy(account, "2025-01-02", 3, 30)
    books.process(account)
    books.rows(statement)
    assert [(row["object"], row["field"]) for row in differences(books, account)] == [(object, field)]


@pytest.mark.breaks_figures
def test_verify_names_a_slice_by_its_whole_key(books: Books, account: int):
    books.buy(account, "2025-01-02", 3, 30)
    books.process(account)
    books.rows("DELETE FROM rollforward_data.lot_slice")
    missing = differences(books, account)
    assert {frozenset(row["key"]) for row in missing} == {
        frozenset({"opened_by", "entered_by", "instrument_id", "lot_offset"})
    }
    assert {row["stored"] for row in missing} == {None}


def test_the_result_counts_what_was_done(books: Books, account: int):
    a_full_account(books, account)
    (row,) = books.rows("SELECT * FROM rollforward.process_per_date(%s, '2025-01-03', '2025-01-31')", account)
    assert (row["success"], row["mode"], row["snapshots_saved"]) == (True, "per_date", 5)
    assert (row["movements_processed"], row["dates_processed"]) == (8, 5)
