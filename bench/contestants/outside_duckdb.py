"""The batch outside, with DuckDB: facts out by COPY, SQL over columns in memory, finished rows back by COPY.

The same steps as in the database, without what it needs to compute only what changed. DuckDB would use all
cores; it is measured with one, as the batch uses one: see SETTINGS. Its extension that reads and writes
PostgreSQL itself does not come with the package, so it is not used. Copying keeps the server busy beside it.

Simpler than the database in what the data does not have: nothing stored before, one currency, no prices (so
everything is carried at cost), no splits, no transfers, no options past their expiration, no movements on
weekends or at one instant, no position that mixes auto with explicit effects, nobody else at work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
from psycopg import Connection
from psycopg.rows import TupleRow

from bench.contestants import outside_rows
from bench.contestants.outside_rows import FOR_EVER, UNKNOWN, Columns, Effect, Facts, Kind

SCHEMA = "outside_duckdb"
SETTINGS: dict[str, str | bool | int | float | list[str]] = {"threads": 1}


def run(connection: Connection[TupleRow], account_ids: Sequence[int], first: date, last: date) -> None:
    """Fetch, compute and store, in one transaction."""
    with connection.transaction():
        facts = outside_rows.read(connection, account_ids, first, last)
        for table, columns in compute(facts):
            outside_rows.write(connection, SCHEMA, table, columns)


def compute(facts: Facts) -> Iterator[tuple[str, Columns]]:
    """The rows of each table, in the order of its key."""
    with duckdb.connect(config=SETTINGS) as memory:
        memory.register("movement", facts.movements)
        memory.register("instrument", facts.instruments)
        memory.register("account", facts.accounts)
        memory.register("day", {"on_date": facts.days})
        names = {f"{kind.name}": kind.value for kind in (*Kind, *Effect)}
        for statement in _STEPS:
            memory.execute(statement.format(**names))
        for table, (query, rest) in _RESULTS.items():
            found = memory.execute(query.format(for_ever=FOR_EVER, unknown=UNKNOWN)).fetchnumpy()
            yield table, {**found, "currency": facts.currency, **rest}


# The share of a total that belongs to its first units, halves rounded away from zero.
_SHARE = """
CREATE MACRO share(total, units, all_units) AS CASE
    WHEN units = all_units THEN total
    WHEN units = 0 THEN 0
    ELSE (sign(total) * ((2 * abs(total)::hugeint * units + all_units) // (2 * all_units::hugeint)))::bigint
END
"""

# Movements in the order of events; cash is a position of its own.
_EVENT = """
CREATE TABLE event AS
SELECT row_number() OVER (ORDER BY account_id, instrument_id, on_date, occurred_at) AS ordinal,
       movement.*,
       coalesce(is_option, false) AS is_option,
       amount - commission - fee - tax AS cash,
       CASE WHEN effect > 0 AND costs_in_lot THEN commission + fee + tax ELSE 0 END AS lot_costs,
       amount - CASE WHEN costs_in_lot THEN commission + fee + tax ELSE 0 END AS net
FROM movement
JOIN account USING (account_id)
LEFT JOIN instrument USING (instrument_id)
"""

# What each trade opens or closes on which side; one that crosses zero closes, then opens.
_PART = """
CREATE TABLE part AS
WITH stated AS (
    SELECT *, CASE WHEN kind = {EXPIRATION} THEN on_short
                   ELSE (kind = {BUY}) <> (effect = {OPEN})
              END AS of_short
    FROM event
    WHERE effect IN ({OPEN}, {CLOSE})
),
crossing AS (
    SELECT *, CASE WHEN kind = {BUY} THEN -net ELSE net END AS trade_value,
           least(quantity, greatest(0, CASE WHEN kind = {BUY} THEN -before ELSE before END))::bigint
               AS closing
    FROM (
        SELECT *,
               coalesce(sum(CASE WHEN kind = {BUY} THEN quantity ELSE -quantity END) OVER (
                   PARTITION BY account_id, instrument_id ORDER BY ordinal
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM event
        WHERE effect = {AUTO}
    )
)
SELECT account_id, instrument_id, of_short AS is_short, ordinal,
       CASE WHEN effect = {OPEN} THEN quantity ELSE 0 END AS opens,
       CASE WHEN effect = {OPEN} THEN 0 ELSE quantity END AS closes,
       CASE WHEN (effect = {OPEN}) <> of_short THEN -net ELSE net END AS part_value,
       quantity AS all_units
FROM stated
UNION ALL
SELECT account_id, instrument_id, kind = {BUY}, ordinal, 0, closing, trade_value, quantity
FROM crossing
WHERE closing > 0
UNION ALL
SELECT account_id, instrument_id, kind <> {BUY}, ordinal, quantity - closing, 0,
       trade_value - share(trade_value, closing, quantity), quantity - closing
FROM crossing
WHERE closing < quantity
"""

# Openings and closings on one axis of cumulative units; a closing beyond what is open takes no place on it.
_AXIS = """
CREATE TABLE axis AS
SELECT *, asked - greatest(0, max(asked - opened) OVER in_turn) AS closed
FROM (
    SELECT *, (sum(opens) OVER in_turn)::bigint AS opened, (sum(closes) OVER in_turn)::bigint AS asked
    FROM (
        SELECT *, dense_rank() OVER (ORDER BY account_id, instrument_id, is_short) AS queue
        FROM part
    )
    WINDOW in_turn AS (PARTITION BY queue ORDER BY ordinal ROWS UNBOUNDED PRECEDING)
)
WINDOW in_turn AS (PARTITION BY queue ORDER BY ordinal ROWS UNBOUNDED PRECEDING)
"""

_OPENING = """
CREATE TABLE opening AS
SELECT row_number() OVER (ORDER BY queue, axis.ordinal) AS opening_no, axis.*, movement_id, on_date,
       is_option, opened - opens AS lot_start
FROM axis
JOIN event USING (ordinal)
WHERE opens > 0
"""

_CLOSING = """
CREATE TABLE closing AS
SELECT row_number() OVER (ORDER BY queue, axis.ordinal) AS closing_no, axis.*, movement_id, on_date,
       lag(closed, 1, 0) OVER (PARTITION BY queue ORDER BY axis.ordinal) AS trade_start
FROM axis
JOIN event USING (ordinal)
WHERE closes > 0
"""

# The ends of both, sorted, cut the axis into slices of one opening and at most one closing.
_CUT = """
CREATE TABLE cut AS
WITH break_point AS (
    SELECT queue, opened AS reached, ordinal, true AS of_opening FROM opening
    UNION ALL
    SELECT queue, closed, ordinal, false FROM closing
),
segment AS (
    SELECT queue, reached AS until,
           lag(reached, 1, 0) OVER (PARTITION BY queue ORDER BY reached, ordinal, of_opening) AS start,
           -- not count(*) FILTER: DuckDB took a hundred times as long for that
           sum(of_opening::bigint) OVER flow + (NOT of_opening)::bigint AS opening_no,
           sum((NOT of_opening)::bigint) OVER flow + of_opening::bigint AS closing_no
    FROM break_point
    WINDOW flow AS (ORDER BY queue, reached, ordinal, of_opening ROWS UNBOUNDED PRECEDING)
)
SELECT opening.account_id, opening.instrument_id, opening.is_short, opening.is_option,
       opening.movement_id AS opened_by, opening.on_date AS opened_on, opening.part_value AS lot_cost,
       opening.all_units AS lot_quantity, start - lot_start AS lot_from, until - lot_start AS lot_until,
       closing.movement_id AS closed_by, closing.on_date AS closed_on, closing.part_value AS trade_value,
       closing.all_units AS trade_quantity, start - trade_start AS trade_from,
       until - trade_start AS trade_until
FROM segment
JOIN opening USING (opening_no)
LEFT JOIN closing ON closing.closing_no = segment.closing_no AND closing.queue = segment.queue
WHERE until > start
"""

_VALUED = """
CREATE TABLE valued AS
SELECT *, lot_from AS lot_offset, lot_until - lot_from AS quantity,
       share(lot_cost, lot_until, lot_quantity) - share(lot_cost, lot_from, lot_quantity) AS cost,
       share(trade_value, trade_until, trade_quantity) - share(trade_value, trade_from, trade_quantity)
           AS proceeds
FROM cut
"""

_SLICE = """
CREATE TABLE slice AS
SELECT *, CASE WHEN is_short THEN cost - proceeds ELSE proceeds - cost END AS gain
FROM valued
"""

# What each day adds to the figures of each position, cash among them.
_CHANGE = """
CREATE TABLE change AS
WITH booked AS (
    SELECT account_id, instrument_id, on_date, count(*) AS counted,
           sum(amount) FILTER (kind = {DEPOSIT}) AS deposited,
           sum(-amount) FILTER (kind = {WITHDRAWAL}) AS withdrawn,
           sum(amount) FILTER (kind = {DIVIDEND}) AS dividends,
           sum(tax) FILTER (kind = {DIVIDEND}) AS dividend_taxes,
           sum(amount) FILTER (is_option AND kind IN ({BUY}, {SELL}, {EXPIRATION})) AS options_income,
           sum(amount) FILTER (kind = {INTEREST}) AS other_income,
           sum(commission) AS commissions,
           sum(fee + CASE kind WHEN {FEE} THEN tax - amount WHEN {DIVIDEND} THEN 0 ELSE tax END) AS fees,
           sum(cash) AS cash,
           sum(lot_costs) AS lot_costs
    FROM event
    GROUP BY account_id, instrument_id, on_date
),
turned AS (
    SELECT account_id, instrument_id, on_date,
           sum(units) FILTER (NOT is_short) AS long_quantity,
           sum(units) FILTER (is_short) AS short_quantity,
           sum(cost) FILTER (NOT is_short) AS long_cost,
           sum(cost) FILTER (is_short) AS short_cost,
           sum(cost) FILTER (NOT is_short AND NOT is_option) AS invested,
           sum(gain) AS realized_gains
    FROM (
        SELECT account_id, instrument_id, opened_on AS on_date, is_short, is_option, quantity AS units, cost,
               NULL AS gain
        FROM slice
        UNION ALL
        SELECT account_id, instrument_id, closed_on, is_short, is_option, -quantity, -cost, gain
        FROM slice
        WHERE closed_on IS NOT NULL
    )
    GROUP BY account_id, instrument_id, on_date
)
SELECT *
FROM booked
LEFT JOIN turned USING (account_id, instrument_id, on_date)
"""

_ROLLED = """
CREATE TABLE rolled AS
SELECT *,
       long_quantity > 0 OR short_quantity > 0 AS is_open,
       is_open::bigint - lag(is_open::bigint, 1, 0) OVER (
           PARTITION BY account_id, instrument_id ORDER BY on_date) AS turned
FROM (
    SELECT account_id, instrument_id, on_date,
           coalesce(sum(long_quantity) OVER in_turn, 0)::bigint AS long_quantity,
           coalesce(sum(short_quantity) OVER in_turn, 0)::bigint AS short_quantity,
           coalesce(sum(long_cost) OVER in_turn, 0)::bigint AS long_cost,
           coalesce(sum(short_cost) OVER in_turn, 0)::bigint AS short_cost,
           coalesce(sum(realized_gains) OVER in_turn, 0)::bigint AS realized_gains,
           coalesce(sum(dividends) OVER in_turn, 0)::bigint AS dividends,
           coalesce(sum(dividend_taxes) OVER in_turn, 0)::bigint AS dividend_taxes,
           coalesce(sum(options_income) OVER in_turn, 0)::bigint AS options_income,
           (sum(commissions) OVER in_turn)::bigint AS commissions,
           (sum(fees) OVER in_turn)::bigint AS fees
    FROM change
    WHERE instrument_id > 0
    WINDOW in_turn AS (PARTITION BY account_id, instrument_id ORDER BY on_date ROWS UNBOUNDED PRECEDING)
)
"""

_LEVEL = """
CREATE TABLE level AS
WITH day_total AS (
    SELECT account_id, on_date, sum(counted) AS counted, sum(deposited) AS deposited,
           sum(withdrawn) AS withdrawn, sum(invested) AS invested, sum(realized_gains) AS realized_gains,
           sum(commissions) AS commissions, sum(fees) AS fees, sum(options_income) AS options_income,
           sum(dividends) AS dividends, sum(dividend_taxes) AS dividend_taxes,
           sum(other_income) AS other_income, sum(cash) AS cash, sum(lot_costs) AS lot_costs,
           sum(long_quantity) AS long_quantity, sum(short_quantity) AS short_quantity,
           sum(long_cost) AS long_cost, sum(short_cost) AS short_cost
    FROM change
    GROUP BY account_id, on_date
),
turned AS (
    SELECT account_id, on_date, sum(turned) AS turned
    FROM rolled
    GROUP BY account_id, on_date
)
SELECT account_id, on_date,
       (sum(counted) OVER in_turn)::integer AS movement_counter,
       coalesce(sum(deposited) OVER in_turn, 0)::bigint AS deposited,
       coalesce(sum(withdrawn) OVER in_turn, 0)::bigint AS withdrawn,
       coalesce(sum(invested) OVER in_turn, 0)::bigint AS invested,
       coalesce(sum(realized_gains) OVER in_turn, 0)::bigint AS realized_gains,
       (sum(commissions) OVER in_turn)::bigint AS commissions,
       (sum(fees) OVER in_turn)::bigint AS fees,
       coalesce(sum(options_income) OVER in_turn, 0)::bigint AS options_income,
       coalesce(sum(dividends) OVER in_turn, 0)::bigint AS dividends,
       coalesce(sum(dividend_taxes) OVER in_turn, 0)::bigint AS dividend_taxes,
       coalesce(sum(other_income) OVER in_turn, 0)::bigint AS other_income,
       (sum(cash) OVER in_turn)::bigint AS cash,
       (sum(lot_costs) OVER in_turn)::bigint AS lot_costs,
       coalesce(sum(long_quantity) OVER in_turn, 0)::bigint AS long_quantity,
       coalesce(sum(short_quantity) OVER in_turn, 0)::bigint AS short_quantity,
       coalesce(sum(long_cost) OVER in_turn, 0)::bigint AS long_cost,
       coalesce(sum(short_cost) OVER in_turn, 0)::bigint AS short_cost,
       coalesce(sum(turned) OVER in_turn, 0)::integer AS open_positions
FROM day_total
LEFT JOIN turned USING (account_id, on_date)
WINDOW in_turn AS (PARTITION BY account_id ORDER BY on_date ROWS UNBOUNDED PRECEDING)
"""

_STEPS = (_SHARE, _EVENT, _PART, _AXIS, _OPENING, _CLOSING, _CUT, _VALUED, _SLICE, _CHANGE, _ROLLED, _LEVEL)


# What is stored.

_POSITION = """
SELECT account_id, instrument_id,
       CASE WHEN arg_max(is_open, on_date) THEN {for_ever} ELSE max(on_date) END::integer AS held_until
FROM rolled
GROUP BY account_id, instrument_id
ORDER BY account_id, instrument_id
"""

_LOT_SLICE = """
SELECT account_id, opened_by, account_id AS opened_in, opened_by AS entered_by,
       lot_offset::bigint AS lot_offset, quantity::bigint AS quantity, instrument_id,
       is_short::bigint AS side, opened_on,
       opened_on AS entered_on, coalesce(closed_on, {for_ever}) AS closed_on,
       coalesce(closed_by, {unknown}) AS closed_by, cost, coalesce(proceeds, {unknown}) AS proceeds,
       coalesce(gain, {unknown}) AS gain, lot_quantity, lot_cost
FROM slice
ORDER BY account_id, opened_by, instrument_id, lot_offset
"""

_POSITION_SNAPSHOT = """
SELECT * EXCLUDE (on_date, is_open, turned), on_date AS snapshot_date, long_cost - short_cost AS market_value
FROM rolled
ORDER BY account_id, instrument_id, on_date
"""

_ACCOUNT_SNAPSHOT = """
SELECT account_id, on_date AS snapshot_date, movement_counter, deposited, withdrawn, invested, realized_gains,
       long_cost - short_cost AS market_value, commissions, fees, options_income,
       dividends - dividend_taxes AS dividends_received, dividend_taxes, other_income, cash AS cash_balance,
       long_quantity + short_quantity AS open_units, deposited - withdrawn AS contributed, lot_costs
FROM level
ORDER BY account_id, on_date
"""

# A day without movements has the levels of the day before.
_EQUITY_SNAPSHOT = """
WITH known AS (
    SELECT account.account_id, day.on_date, level.* EXCLUDE (account_id, on_date),
           cash + long_cost - short_cost AS closing,
           deposited - withdrawn AS contributed,
           dividends - dividend_taxes + other_income AS earned,
           commissions + fees - lot_costs AS spent
    FROM (SELECT account_id, min(on_date) AS first_date FROM level GROUP BY account_id) AS account
    JOIN day ON day.on_date >= account.first_date
    ASOF JOIN level ON level.account_id = account.account_id AND level.on_date <= day.on_date
)
SELECT account_id, on_date AS snapshot_date,
       lag(closing, 1, 0) OVER in_turn AS opening_equity,
       contributed - lag(contributed, 1, 0) OVER in_turn AS net_flow,
       closing - opening_equity - net_flow AS pnl,
       closing AS closing_equity, cash, long_cost AS long_value, -short_cost AS short_value,
       contributed AS cumulative_flow, closing - contributed AS cumulative_pnl,
       realized_gains - lag(realized_gains, 1, 0) OVER in_turn AS realized_pnl,
       earned - lag(earned, 1, 0) OVER in_turn AS income,
       spent - lag(spent, 1, 0) OVER in_turn AS costs,
       pnl - realized_pnl - income + costs AS other_pnl,
       open_positions, open_positions AS positions_unpriced
FROM known
WINDOW in_turn AS (PARTITION BY account_id ORDER BY on_date)
ORDER BY account_id, on_date
"""

_RESULTS: dict[str, tuple[str, dict[str, int | None]]] = {
    "account_currency": ("SELECT DISTINCT account_id FROM level ORDER BY account_id", {}),
    "position": (_POSITION, {}),
    "lot_slice": (_LOT_SLICE, {"carried_to": None}),
    "position_snapshot": (_POSITION_SNAPSHOT, {"price_date": None}),
    "account_snapshot": (_ACCOUNT_SNAPSHOT, {"unrealized_gains": 0}),
    "equity_snapshot": (
        _EQUITY_SNAPSHOT,
        {
            **dict.fromkeys(("unrealized", "unrealized_change", "positions_priced", "positions_carried"), 0),
            "oldest_price_age_days": None,
            "rates_missing": 0,
        },
    ),
}
