"""``import --broker generic``: movements in rollforward's own layout, and anybody's by a column map."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.command import CommandLine
from tests.support.dump import content, everything
from tests.support.ledger import Ledger

HEADER = (
    "account,occurred_at,kind,effect,symbol,quantity,price,amount,commission,fee,tax,currency,"
    "commission_currency,counter_amount,counter_currency,lot_ref,external_id,description"
)
ROWS = [
    'mine,2025-01-02,deposit,,,,,"1,000.00",,,,USD,,,,,d1,opening',
    "mine,2025-01-03T10:00:00-05:00,buy,open,ACME,10,50,,1,0.25,,USD,,,,lot a,t1,",
    ",2025-01-06 10:00,sell,close,ACME,4,,220,1,,,USD,,,,lot a,t2,",
    "mine,2025-01-07T23:30:00+09:00,dividend,,ACME,,,3.5,,,0.5,usd,,,,,,",
    "mine,2025-01-08T12:00:00Z,conversion,,,,,-100,2,,,USD,GBP,80,GBP,,c1,",
    "mine,2025-01-09,BUY,Auto,BOLT,1.5,10,-15.01,,,,USD,,,,,,",
]


def write(path: Path, rows: list[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def book(command: CommandLine, file: Path, *options: object, account: str = "mine"):
    return command("--json", "import", file, "--broker", "generic", "--account", account, *options)


def test_every_column_is_read_as_the_page_says(command: CommandLine, ledger: Ledger, tmp_path: Path):
    done = book(command, write(tmp_path / "rows.csv", ROWS))
    [report] = done.document["files"]
    assert (done.code, report["saved"], report["account_created"]) == (0, 6, True)
    found = ledger.rows(
        "SELECT kind::text, effect::text, symbol, quantity, price, amount, commission, fee, tax,"
        " occurred_at AT TIME ZONE 'UTC' AS at, accounting_date::text AS day"
        " FROM rollforward.movement ORDER BY movement_id"
    )
    assert [(row.kind, row.effect, row.symbol, row.day, f"{row.at:%d %H:%M}") for row in found] == [
        ("deposit", None, None, "2025-01-02", "02 00:00"),
        ("buy", "open", "ACME", "2025-01-03", "03 15:00"),
        ("sell", "close", "ACME", "2025-01-06", "06 10:00"),
        ("dividend", None, "ACME", "2025-01-07", "07 14:30"),
        ("conversion", None, None, "2025-01-08", "08 12:00"),
        ("buy", "auto", "BOLT", "2025-01-09", "09 00:00"),
    ]
    assert [(row.price, row.amount) for row in found[1:3]] == [(50, -500), (55, 220)]
    assert [(row.commission, row.fee, row.tax) for row in (found[1], found[3])] == [
        (1, Decimal("0.25"), 0),
        (0, 0, Decimal("0.5")),
    ]
    cash = {row["currency"]: row["cash_balance"] for row in command.json("latest", "--account", "mine")}
    assert cash == {"USD": "605.74000000", "GBP": "78.00000000"}
    assert ledger.verify([1]) == []


def test_a_file_or_a_part_of_it_again_changes_nothing(command: CommandLine, ledger: Ledger, tmp_path: Path):
    book(command, write(tmp_path / "a.csv", ROWS[:4]))
    book(command, write(tmp_path / "b.csv", ROWS[2:][::-1]))
    again = book(command, write(tmp_path / "c.csv", ROWS))
    assert [again.document["files"][0][name] for name in ("saved", "already_known")] == [0, 6]
    in_parts = content(ledger.connection)
    ledger.clear()
    book(command, write(tmp_path / "d.csv", ROWS))
    assert content(ledger.connection) == in_parts


def test_an_option_that_a_profile_has_brought_is_traded_with_its_multiplier(
    command: CommandLine, ledger: Ledger, tmp_path: Path
):
    profiles = tmp_path / "profiles.csv"
    profiles.write_text(
        "symbol,kind,multiplier,underlying,expiration,strike,option_right\n"
        "ACME C20,option,100,ACME,2025-12-19,20,call\n"
    )
    command.succeed("profiles", "load", profiles)
    rows = ["2025-01-03,sell,open,ACME C20,2,1.5,,USD", "2025-01-06,buy,close,ACME C20,2,,-100,USD"]
    file = write(tmp_path / "rows.csv", rows, "occurred_at,kind,effect,symbol,quantity,price,amount,currency")
    assert book(command, file).code == 0
    assert ledger.rows("SELECT price, amount FROM rollforward.movement ORDER BY movement_id") == [
        (Decimal("1.5"), 300),
        (Decimal("0.5"), -100),
    ]


REFUSED = {
    "mine,soon,deposit,,,,,1,,,,USD,,,,,,": ("occurred_at", "soon", "not_a_time"),
    "mine,2025-02-30,deposit,,,,,1,,,,USD,,,,,,": ("occurred_at", "2025-02-30", "not_a_time"),
    "mine,2025-02-03T25:00:00Z,deposit,,,,,1,,,,USD,,,,,,": (
        "occurred_at", "2025-02-03T25:00:00Z", "not_a_time",
    ),
    "mine,2025-01-02,gift,,,,,1,,,,USD,,,,,,": ("kind", "gift", "unknown_row_kind"),
    "mine,2025-01-02,split,,ACME,2,,,,,,USD,,,,,,": ("kind", "split", "not_supported_yet"),
    "mine,2025-01-02,buy,opened,ACME,2,1,,,,,USD,,,,,,": ("effect", "opened", "unknown_effect"),
    "mine,2025-01-02,deposit,,,,,1e3,,,,USD,,,,,,": ("amount", "1e3", "not_a_number"),
    "mine,2025-01-02,deposit,,,,,NaN,,,,USD,,,,,,": ("amount", "NaN", "not_a_number"),
    "mine,2025-01-02,deposit,,,,,=1+1,,,,USD,,,,,,": ("amount", "=1+1", "not_a_number"),
    "mine,2025-01-02,deposit,,,,,,,,,USD,,,,,,": ("amount", "", "missing"),
    "mine,2025-01-02,deposit,,,,,1,,,,dollars!,,,,,,": ("currency", "dollars!", "unknown_currency"),
    "mine,2025-01-02,deposit,,,,,1,-1,,,USD,,,,,,": ("commission", "-1", "negative"),
    "other,2025-01-02,deposit,,,,,1,,,,USD,,,,,,": ("account", "other", "other_account"),
    "mine,2025-01-02,buy,open,ACME,-2,5,,,,,USD,,,,,,": (
        "kind, effect, symbol, quantity", "buy, open, 1, -2.000000000000", "check_failed",
    ),
    "mine,2025-01-02,buy,,ACME,2,5,,,,,USD,,,,,,": (
        "kind, effect, symbol, quantity", "buy, 1, 2.000000000000", "check_failed",
    ),
    "mine,2025-01-02,deposit,open,,,,1,,,,USD,,,,,,": (
        "kind, effect, side, lot_ref", "deposit, open", "check_failed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "refusal"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_booked_is_refused_by_line_and_column(
    command: CommandLine, ledger: Ledger, tmp_path: Path, row: str, refusal: tuple[str, str, str]
):
    before = everything(ledger.connection)
    done = book(command, write(tmp_path / "rows.csv", [ROWS[0], row, ROWS[1]]))
    [report] = done.document["files"]
    assert done.code == 1
    found = [
        (each["line"], each["column"], each["value"], each["reason"])
        for each in report["refused"]
        if each["line"] == 3
    ]
    assert (3, *refusal) in found, report["refused"]
    assert {each["line"] for each in report["refused"]} == {3}
    assert everything(ledger.connection) == before


MAP = """
[columns]
occurred_at = "Trade Date"
kind = "What"
symbol = "Ticker"
quantity = "Units"
amount = "Proceeds"

[kinds]
"Paid in" = "deposit"
"bought" = "buy open"

[defaults]
currency = "EUR"
"""


def test_a_column_map_reads_what_others_export(command: CommandLine, ledger: Ledger, tmp_path: Path):
    map_ = tmp_path / "map.toml"
    map_.write_text(MAP)
    rows = ["2025-02-03,Paid in,,,500", "2025-02-04,BOUGHT,BOLT,5,-100", "2025-02-05,withdrawal,,,-1"]
    file = write(tmp_path / "theirs.csv", rows, "Trade Date,What,Ticker,Units,Proceeds")
    done = book(command, file, "--columns", map_)
    assert done.code == 0, done
    assert ledger.rows(
        "SELECT kind::text, effect::text, symbol, amount::integer, currency"
        " FROM rollforward.movement ORDER BY amount"
    ) == [
        ("buy", "open", "BOLT", -100, "EUR"),
        ("withdrawal", None, None, -1, "EUR"),
        ("deposit", None, None, 500, "EUR"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = 1", "columns must be a table"),
        ('[column]\nsymbol = "x"', "unknown table: column"),
        ('[columns]\nticker = "Ticker"', "columns.ticker: there is no such column"),
        ("[columns]\nsymbol = 1", "columns.symbol must be a text"),
        ('[columns]\nsymbol = "X"\nkind = "x"', "x stands for two columns"),
        ('[kinds]\nx = "buy open now"', "kinds.x must be a kind"),
        ("[columns", "cannot be read"),
    ],
)
def test_a_map_that_makes_no_sense_is_a_usage_error(
    command: CommandLine, tmp_path: Path, text: str, said: str
):
    map_ = tmp_path / "map.toml"
    map_.write_text(text)
    done = book(command, write(tmp_path / "rows.csv", ROWS), "--columns", map_)
    assert done.code == 2
    assert said in done.err


def test_a_map_belongs_to_the_generic_layout(command: CommandLine, tmp_path: Path):
    map_ = tmp_path / "map.toml"
    map_.write_text(MAP)
    file = write(tmp_path / "rows.csv", ROWS)
    done = command("import", file, "--broker", "tastytrade", "--account", "a", "--columns", map_)
    assert done.code == 2
    assert "a column map belongs to the generic layout" in done.err


def test_a_file_without_what_it_needs_is_refused(command: CommandLine, tmp_path: Path):
    done = book(command, write(tmp_path / "rows.csv", ["2025-01-02,1"], "occurred_at,amount"))
    [report] = done.document["files"]
    assert {(each["column"], each["reason"]) for each in report["refused"]} == {
        ("kind", "missing_column"),
        ("currency", "missing_column"),
    }
