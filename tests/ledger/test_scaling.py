"""Work grows with the data and no faster: counted, not timed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import fresh_database
from tests.support.ledger import Ledger
from tests.support.plans import Node, buffers, nodes, rows_handled

TRADES = """
    INSERT INTO rollforward_data.movement
        (account_id, occurred_at, accounting_date, kind, effect, currency, instrument_id, quantity, amount,
         natural_key)
    SELECT %(account)s, timestamptz '2025-01-01 12:00+00' + n * interval '1 second', '2025-01-01',
           trade.kind::rollforward_data.movement_kind,
           CASE WHEN %(auto)s THEN 'auto' WHEN trade.kind = 'buy' THEN 'open' ELSE 'close' END
               ::rollforward_data.movement_effect,
           'USD', %(instrument)s, 1 + hashint8(n) %% 7 + 7, CASE trade.kind WHEN 'buy' THEN -10 ELSE 11 END,
           int8send(%(account)s) || int8send(n)
    FROM generate_series(1, %(trades)s) AS n
    CROSS JOIN LATERAL (SELECT CASE WHEN hashint8(n + 1) %% 2 = 0 THEN 'buy' ELSE 'sell' END AS kind) AS trade
"""
FEW, MANY = 10_000, 40_000


@pytest.fixture(scope="module")
def watched(server: Server, template: str) -> Iterator[Ledger]:
    """A ledger whose every statement, nested ones too, sends its executed plan as a notice."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name), autocommit=True) as connection,
    ):
        connection.execute("LOAD 'auto_explain'")
        settings = "log_min_duration=0 log_analyze=on log_buffers=on log_timing=off log_nested_statements=on"
        for setting in f"{settings} log_format=json log_level=notice".split():
            connection.execute("SELECT set_config('auto_explain.' || %s, %s, false)", setting.split("="))
        yield Ledger(connection)


def executed(ledger: Ledger, account: int, text: str) -> Node:
    """The executed plan of the statement with a text in it, in a calculation of one account."""
    plans: list[Node] = []

    def note(notice: psycopg.errors.Diagnostic) -> None:
        found = re.search(r"plan:\n(\{.*\})", notice.message_primary or "", re.DOTALL)
        if found and text in found[1]:
            plans.append(json.loads(found[1])["Plan"])

    ledger.connection.add_notice_handler(note)
    try:
        ledger.process([account])
    finally:
        ledger.connection.remove_notice_handler(note)
    (plan,) = plans
    return plan


@pytest.mark.parametrize(
    "auto", [False, pytest.param(True, marks=pytest.mark.long)], ids=["explicit", "auto"]
)
def test_matching_one_position_handles_rows_in_proportion_to_its_trades(watched, auto):
    handled, touched = {}, {}
    for trades in (FEW, MANY):
        instrument = watched.instrument(f"ACME {trades} {auto}")
        account = watched.account(f"{trades} {auto}")
        watched.rows(
            TRADES.replace("%(account)s", str(account))
            .replace("%(auto)s", str(auto))
            .replace("%(instrument)s", str(instrument))
            .replace("%(trades)s", str(trades))
            .replace("%%", "%")
        )
        plan = executed(watched, account, "break_point")
        handled[trades] = rows_handled(plan)
        touched[trades] = buffers(plan) + plan["Local Hit Blocks"] + plan["Local Read Blocks"]
        loops = max(node["Actual Loops"] for node in nodes(plan) if node["Node Type"] in ("CTE Scan", "Sort"))
        assert loops == 1  # no pass over the axis for each row of another
        assert (
            watched.value("SELECT count(*) FROM rollforward.lot_match WHERE account_id = %s", account)
            > trades / 3
        )
    growth = MANY / FEW
    assert handled[MANY] <= 1.1 * growth * handled[FEW]
    assert touched[MANY] <= 1.1 * growth * touched[FEW]


def test_what_is_stored_is_found_without_a_look_at_all_of_it_for_each_position_or_slice(watched):
    positions, trades = 1_000, 6_000
    first = watched.value(
        "WITH made AS (INSERT INTO rollforward_data.instrument (symbol, kind, currency)"
        " SELECT 'held ' || n, 'stock', 'USD' FROM generate_series(1, %s) AS n RETURNING instrument_id)"
        " SELECT min(instrument_id) FROM made",
        positions,
    )
    *known, new = (watched.account(number) for number in ("known", "known too", "new"))
    watched.rows(
        "INSERT INTO rollforward_data.movement (account_id, occurred_at, accounting_date, kind, effect,"
        " currency, instrument_id, quantity, amount, natural_key)"
        " SELECT account_id, timestamptz '2025-01-01 12:00+00' + n * interval '1 second', '2025-01-01',"
        " 'buy', 'open', 'USD', %s + n %% %s, 1, -10, int8send(account_id) || int8send(n)"
        " FROM unnest(%s) AS account_id, generate_series(1, %s) AS n",
        first,
        positions,
        [*known, new],
        trades,
    )

    def compared_in_vain(account: int, statement: str) -> float:
        plan = executed(watched, account, statement)
        return sum(node["Actual Loops"] * node.get("Rows Removed by Join Filter", 0) for node in nodes(plan))

    for account in known:
        watched.process([account])
        assert compared_in_vain(account, "DELETE FROM stage_slice") <= trades
    watched.rows("ANALYZE")
    watched.process([new])
    for statement in ("DELETE FROM stage_slice", "INSERT INTO stage_lot"):
        assert compared_in_vain(new, statement) <= trades
