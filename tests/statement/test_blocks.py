"""What is moved as it is says the same as what csv reads, with the same lines."""

from __future__ import annotations

import csv
import io
import random

import pytest

import rollforward
from rollforward.statement import blocks
from rollforward.statement.layout import LAYOUTS
from rollforward.statement.reader import StatementReader
from rollforward.statement.source import Source

HEADER = "occurred_at,kind,currency,description\n"
PLAIN = "2025-01-03,deposit,USD,pay\n"
FIELDS = [
    "",
    "a",
    "1,000.00",
    'say "so"',
    " b",
    "b ",
    "two\nlines",
    "ü",
    "\u00a0c",
    "x, y",
    '"',
    "\\.",
    "a\tb",
]


def copied(path) -> list[list[str]]:
    """The rows of a file, each behind its line, as COPY would read them."""
    lines = StatementReader(Source(path), LAYOUTS["generic"]).csv_lines()
    return list(csv.reader(io.StringIO(b"".join(lines).decode(), newline=""), strict=True))


def read(path) -> list[list[str]]:
    """The rows of a file as csv reads them."""
    rows = StatementReader(Source(path), LAYOUTS["generic"]).rows()
    return [[str(line), *row] for line, row in rows]


@pytest.mark.parametrize("seed", range(60))
def test_any_file_is_copied_as_it_is_read(tmp_path, monkeypatch, seed):
    rng = random.Random(seed)
    monkeypatch.setattr(blocks, "_BLOCK", rng.choice([80, 200, 5_000]))
    text = io.StringIO()
    end = rng.choice(["\n", "\r\n"])
    writer = csv.writer(text, lineterminator=end, quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    writer.writerow(HEADER.strip().split(","))
    for _ in range(rng.randint(0, 60)):
        odd = rng.random() < 0.05
        writer.writerow(["2025-01-03", "deposit", "USD", rng.choice(FIELDS if odd else FIELDS[:3])])
        text.write(end * (rng.random() < 0.02))
    file = tmp_path / "any.csv"
    content = text.getvalue().encode()
    file.write_bytes(content if rng.random() < 0.8 else content.rstrip())
    assert copied(file) == read(file)


@pytest.mark.parametrize(
    ("block", "plain"),
    [
        (PLAIN, True),
        (PLAIN * 3, True),
        ('a,"1,000.00","",b\n"x",y,z,""\n', True),
        (PLAIN.replace("\n", "\r\n"), True),
        ("a, b\n", False),
        ("a ,b\n", False),
        (" a,b\n", False),
        ("a,b \n", False),
        ("a,b\n\nc,d\n", False),
        ("\na,b\n", False),
        ('a,"b\nc"\n', False),
        ('a,"b ""c"""\n', False),
        ('a,b"c"\n', False),
        ('a,"b"c\n', False),
        ('a,"b" ,c\n', False),
        ('a,"b\n', False),
        ('a," b"\n', False),
        ("a,ü\n", False),
        ("a,b\rc,d\n", False),
        ("a,\0\n", False),
    ],
)
def test_a_block_is_plain_when_nothing_in_it_needs_a_second_look(block, plain):
    assert blocks.is_plain(block.encode()) is plain


def test_a_plain_file_is_not_read_by_csv(tmp_path, monkeypatch):
    file = tmp_path / "plain.csv"
    file.write_text(HEADER + PLAIN * 5_000)
    monkeypatch.setattr(blocks, "written", None)
    assert len(copied(file)) == 5_000


BOOKED = "occurred_at,kind,currency,amount,fee\n"


@pytest.mark.parametrize("end", ["", "ü"])
@pytest.mark.parametrize("text", ["1 000", "1 000.00", "5 - 3", "5 ,000"])
def test_a_number_with_a_blank_in_it_is_named(ledger, tmp_path, text, end):
    file = tmp_path / "blank.csv"
    file.write_text(f'{HEADER.strip()},amount\n2025-01-03,deposit,USD,{end},"{text}"\n')
    with pytest.raises(rollforward.StatementRefused) as refused:
        rollforward.connect(ledger.connection).import_statement(file, broker="generic", account="a")
    [refusal] = refused.value.refusals
    assert (refusal.line, refusal.column, refusal.value) == (2, "amount", text)
    assert refusal.reason == "not_a_number"


@pytest.mark.parametrize("mapped", [False, True])
def test_an_empty_number_is_none_in_quotes_and_behind_a_column_map(ledger, tmp_path, mapped):
    file = tmp_path / "quoted.csv"
    file.write_text(BOOKED + '"2025-01-03","deposit","USD","5.00",""\n"2025-01-04","lending","USD","3","1"\n')
    columns = None
    if mapped:
        columns = tmp_path / "map.toml"
        columns.write_text('[kinds]\nlending = "interest"\n')
    session = rollforward.connect(ledger.connection)
    assert session.import_statement(file, broker="generic", account="a", columns=columns).saved == 2
