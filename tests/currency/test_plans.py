"""Look-ups are descents of the primary key of rates, and as few as they can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from rollforward.embedded.server import Server
from tests.support.databases import OWNER, fresh_database
from tests.support.ledger import Ledger
from tests.support.plans import buffers, explained, nodes

CURRENCIES, DAYS, LOOK_UPS = 29, 1000, 2000

# A thing to look up on another day each: of euros (E), a currency that has a rate to them (C), or itself.
WANTED = """
    WITH wanted AS MATERIALIZED (
        SELECT {currency} AS currency, {quote_currency} AS quote_currency,
               date '2020-01-01' + (n %% %s)::integer AS on_date
        FROM generate_series(1, %s) AS n
    )
    SELECT count(fx.rate) FROM wanted
    LEFT JOIN LATERAL rollforward.fx_rate_at(
        wanted.currency, wanted.quote_currency, wanted.on_date
    ) AS fx ON true
"""
EUROS, ONE, OTHER = "'EUR'", "'C' || 10 + n %% 29", "'C' || 10 + (n + 7) %% 29"


@pytest.fixture(scope="module")
def rates(server: Server, template: str) -> Iterator[Ledger]:
    """What a central bank publishes: euros in thirty currencies, every day."""
    with (
        fresh_database(server, template=template) as name,
        psycopg.connect(server.dsn(name, OWNER), autocommit=True) as connection,
    ):
        ledger = Ledger(connection)
        ledger.rows(
            "INSERT INTO rollforward_data.fx_rate"
            " SELECT 'EUR', 'C' || 10 + c, date '2020-01-01' + d, 1 + c + d / 100.0"
            " FROM generate_series(0, %s - 1) AS c, generate_series(0, %s - 1) AS d",
            CURRENCIES,
            DAYS,
        )
        ledger.rows("VACUUM ANALYZE rollforward_data.fx_rate")
        yield ledger


def look_ups(rates: Ledger, currency: str, quote_currency: str) -> list[dict[str, Any]]:
    """What was read of the table of rates."""
    plan = explained(rates, WANTED.format(currency=currency, quote_currency=quote_currency), DAYS, LOOK_UPS)
    functions = {node["Function Name"] for node in nodes(plan) if node["Node Type"] == "Function Scan"}
    assert functions == {"generate_series"}  # everything else is inlined
    found = [node for node in nodes(plan) if node.get("Relation Name") == "fx_rate" and node["Actual Loops"]]
    assert {node["Node Type"] for node in found} <= {"Index Only Scan"}
    assert {node.get("Index Name") for node in found} <= {"fx_rate_pkey"}
    return found


@pytest.mark.parametrize(
    ("currency", "quote_currency"), [(EUROS, ONE), (ONE, EUROS)], ids=["as recorded", "turned round"]
)
def test_a_pair_costs_one_descent_each_way_and_nothing_else(rates, currency, quote_currency):
    found = look_ups(rates, currency, quote_currency)
    assert [node["Actual Loops"] for node in found] == [LOOK_UPS, LOOK_UPS]
    assert all(buffers(node) <= 4 * LOOK_UPS for node in found)


def test_the_same_currency_costs_nothing(rates):
    assert look_ups(rates, ONE, ONE) == []


def test_a_third_currency_costs_four_descents_more_and_the_list_of_pairs_once(rates):
    found = look_ups(rates, ONE, OTHER)
    assert [node["Actual Loops"] for node in found if node["Actual Loops"] > 1 + CURRENCIES] == [LOOK_UPS] * 6
    listing = [node for node in found if node["Actual Loops"] <= 1 + CURRENCIES]
    assert sum(buffers(node) for node in listing) <= 4 * (1 + CURRENCIES)


def test_pairs_are_found_without_reading_their_days(rates):
    plan = explained(rates, "SELECT * FROM rollforward.fx_pair")
    assert plan["Actual Rows"] == CURRENCIES
    assert buffers(plan) <= 4 * (1 + CURRENCIES)


def test_many_look_ups_of_few_pairs_read_no_more_than_the_pairs(rates):
    """Twenty thousand of them, every pair of the table many times over, most through euros."""
    currencies, quotes = rates.row(
        "SELECT array_agg('C' || 10 + n %% 29) AS currencies, array_agg('C' || 10 + (n / 29) %% 29) AS quotes"
        " FROM generate_series(1, %s) AS n",
        20_000,
    )
    plan = explained(
        rates,
        "SELECT * FROM rollforward.fx_rate_as_of(%s::text[], %s::text[], '2021-01-01')",
        currencies,
        quotes,
    )
    assert plan["Actual Rows"] == 20_000
    assert buffers(plan) <= 29 * 29 * 6 * 4 + 1000


@pytest.fixture
def snapshots(rates) -> Iterator[Ledger]:
    with rates.connection.transaction(force_rollback=True):
        rates.rows(
            "INSERT INTO rollforward_data.account (account_id, number, base_currency)"
            " SELECT n, 'account ' || n, 'C10' FROM generate_series(1, 100) AS n"
        )
        rates.rows(
            "INSERT INTO rollforward_data.account_currency SELECT n, currency"
            " FROM generate_series(1, 100) AS n, unnest(ARRAY['EUR', 'C10', 'C11']) AS currency"
        )
        rates.rows(
            "INSERT INTO rollforward_data.account_snapshot (account_id, currency, snapshot_date,"
            " movement_counter, deposited, withdrawn, invested, realized_gains, unrealized_gains,"
            " market_value, commissions, fees, options_income, dividends_received, dividend_taxes,"
            " other_income, cash_balance, open_units, contributed, lot_costs)"
            " SELECT account_id, currency, date '2020-01-01' + day,"
            " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1"
            " FROM rollforward_data.account_currency, generate_series(1, 30) AS day"
        )
        for table in ("account", "account_currency", "account_snapshot"):
            rates.rows(f"ANALYZE rollforward_data.{table}")
        yield rates


def test_one_account_in_base_currency_reads_its_own_snapshots(snapshots):
    plan = explained(
        snapshots,
        "SELECT * FROM rollforward.account_snapshot_base"
        " WHERE account_id = 7 AND snapshot_date = '2020-01-11'",
    )
    assert plan["Actual Rows"] == 3
    read = [node for node in nodes(plan) if "Relation Name" in node and node["Actual Loops"]]
    assert {node["Index Name"] for node in read if node["Relation Name"] == "fx_rate"} == {"fx_rate_pkey"}
    assert sum(buffers(node) for node in read) < 200


def test_accounts_that_share_pairs_and_days_share_look_ups(snapshots):
    """9000 snapshots, a third of them in the base currency, on 30 days."""
    plan = explained(snapshots, "SELECT sum(deposited) FROM rollforward.account_snapshot_base")
    read = [node for node in nodes(plan) if node.get("Relation Name") == "fx_rate" and node["Actual Loops"]]
    assert max(node["Actual Loops"] for node in read) <= 2 * 30
