"""The batch outside, with polars: facts out by COPY, frames of whole numbers, finished rows back by COPY.

What a good data engineer writes: lots are matched on an axis of cumulative quantity, as in the database, and
everything else is sums and running sums. Polars would use all cores; it is measured with one, as the batch
uses one: POLARS_MAX_THREADS is set in __init__, which is imported first. Set another one to see what more
would bring. Copying keeps the server busy beside it.

Simpler than the database in what the data does not have: nothing stored before, one currency, no prices (so
everything is carried at cost), no splits, no transfers, no options past their expiration, no movements on
weekends or at one instant, no position that mixes auto with explicit effects, nobody else at work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from psycopg import Connection
from psycopg.rows import TupleRow

from bench.contestants import outside_rows
from bench.contestants.outside_rows import FOR_EVER, UNKNOWN, Columns, Effect, Facts, Kind

SCHEMA = "outside_polars"

# Cumulative figures of a position, and of an account what is added to them.
_OF_POSITION = (
    "long_quantity", "short_quantity", "long_cost", "short_cost", "realized_gains", "dividends",
    "dividend_taxes", "options_income", "commissions", "fees",
)  # fmt: skip
_OF_ACCOUNT = ("movement_counter", "deposited", "withdrawn", "other_income", "cash_balance", "lot_costs")


def run(connection: Connection[TupleRow], account_ids: Sequence[int], first: date, last: date) -> None:
    """Fetch, compute and store, in one transaction."""
    with connection.transaction():
        facts = outside_rows.read(connection, account_ids, first, last)
        for table, columns in compute(facts):
            outside_rows.write(connection, SCHEMA, table, columns)


def compute(facts: Facts) -> Iterator[tuple[str, Columns]]:
    """The rows of each table, in the order of its key."""
    currency = {"currency": facts.currency}
    events = _events(facts).collect().lazy()
    lots = _lots(_parts(events))
    slices = _slices(events, lots).collect().lazy()
    changes = _changes(events, slices).collect().lazy()
    positions = _positions(changes).collect().lazy()
    accounts = _accounts(changes, positions).collect().lazy()

    yield (
        "account_currency",
        {**_columns(accounts.select("account_id").unique().sort("account_id")), **currency},
    )
    yield "position", {**_columns(_held(positions)), **currency}
    yield "lot_slice", {**_columns(_lot_slices(slices)), **currency, "carried_to": None}
    yield "position_snapshot", {**_columns(_position_snapshots(positions)), **currency, "price_date": None}
    yield "account_snapshot", {**_columns(_account_snapshots(accounts)), **currency, "unrealized_gains": 0}
    yield "equity_snapshot", {
        **_columns(_equity(accounts, facts)), **currency, "unrealized": 0, "unrealized_change": 0,
        "positions_priced": 0, "positions_carried": 0, "oldest_price_age_days": None, "rates_missing": 0,
    }  # fmt: skip


def _columns(frame: pl.LazyFrame) -> Columns:
    return {column.name: column.to_numpy() for column in frame.collect()}


def _events(facts: Facts) -> pl.LazyFrame:
    """Movements, positions one after the other, each in the order of events; cash is one of its own."""
    costs = pl.col("commission") + pl.col("fee") + pl.col("tax")
    return (
        pl.LazyFrame(facts.movements)
        .join(pl.LazyFrame(facts.instruments), on="instrument_id", how="left")
        .join(pl.LazyFrame(facts.accounts), on="account_id")
        .sort("account_id", "instrument_id", "on_date", "occurred_at")
        .with_row_index("ordinal")
        .with_columns(
            pl.struct("account_id", "instrument_id").rle_id().alias("position_no"),
            pl.col("is_option").fill_null(False),
            (pl.col("amount") - costs).alias("cash"),
            pl.when("costs_in_lot").then(costs).otherwise(0).alias("lot_costs"),
        )
        .with_columns((pl.col("amount") - pl.col("lot_costs")).alias("net"))
    )


# Lots.


def _parts(events: pl.LazyFrame) -> pl.LazyFrame:
    """What each trade opens or closes on which side; one that crosses zero closes, then opens."""
    buys, opens = pl.col("kind") == Kind.BUY, pl.col("effect") == Effect.OPEN
    stated = events.filter(pl.col("effect").is_in([Effect.OPEN, Effect.CLOSE])).with_columns(
        pl.when(pl.col("kind") == Kind.EXPIRATION).then("on_short").otherwise(buys != opens).alias("on_short")
    )
    stated = stated.select(
        *_part("on_short"),
        pl.when(opens).then("quantity").otherwise(0).alias("opens"),
        pl.when(opens).then(0).otherwise("quantity").alias("closes"),
        pl.when(opens != pl.col("on_short")).then(-pl.col("net")).otherwise("net").alias("value"),
        pl.col("quantity").alias("all_units"),
    )

    signed = pl.when(buys).then("quantity").otherwise(-pl.col("quantity"))
    against = pl.when(buys).then(-pl.col("before")).otherwise("before")
    crossing = (
        events.filter(pl.col("effect") == Effect.AUTO)
        .with_columns((signed.cum_sum().over("position_no") - signed).alias("before"))
        .with_columns(
            pl.min_horizontal("quantity", against.clip(lower_bound=0)).alias("closing"),
            pl.when(buys).then(-pl.col("net")).otherwise("net").alias("value"),
            buys.alias("buys"),
            (~buys).alias("sells"),
        )
    )
    closed = crossing.filter(pl.col("closing") > 0).select(
        *_part("buys"),
        pl.lit(0, pl.Int64).alias("opens"),
        pl.col("closing").alias("closes"),
        "value",
        pl.col("quantity").alias("all_units"),
    )
    opened = crossing.filter(pl.col("closing") < pl.col("quantity")).select(
        *_part("sells"),
        (pl.col("quantity") - pl.col("closing")).alias("opens"),
        pl.lit(0, pl.Int64).alias("closes"),
        pl.col("value") - _share("value", pl.col("closing"), "quantity"),
        (pl.col("quantity") - pl.col("closing")).alias("all_units"),
    )
    return pl.concat([stated, closed, opened])


def _part(on_short: str) -> tuple[pl.Expr, ...]:
    queue = pl.col("position_no").cast(pl.Int64) * 2 + pl.col(on_short).cast(pl.Int64)
    return queue.alias("queue"), pl.col("ordinal")


def _share(total: str, units: pl.Expr, all_units: str) -> pl.Expr:
    """The share of a total that belongs to its first units, halves rounded away from zero."""
    wide = pl.col(total).abs().cast(pl.Int128) * 2 * units + pl.col(all_units)
    return (wide // (pl.col(all_units).cast(pl.Int128) * 2)).cast(pl.Int64) * pl.col(total).sign()


def _between(total: str, first: pl.Expr, last: pl.Expr, all_units: str) -> pl.Expr:
    """The share of the units between two, so that parts add up exactly in any split."""
    return _share(total, last, all_units) - _share(total, first, all_units)


def _lots(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Every queue cut into segments with one opening and at most one closing.

    Openings and closings lie on one axis of cumulative units, on which a closing beyond what is open takes no
    place; their ends, sorted, are where it is cut.
    """
    axis = (
        parts.sort("queue", "ordinal")
        .with_columns(
            pl.col("opens").cum_sum().over("queue").alias("opened"),
            pl.col("closes").cum_sum().over("queue").alias("asked"),
        )
        .with_columns(
            (pl.col("asked") - pl.col("opened")).cum_max().over("queue").clip(lower_bound=0).alias("missing")
        )
        .with_columns((pl.col("asked") - pl.col("missing")).alias("closed"))
        .collect()
        .lazy()
    )
    openings = (
        axis.filter(pl.col("opens") > 0)
        .with_row_index("opening_no")
        .select(
            "opening_no",
            "queue",
            pl.col("ordinal").alias("opened_by"),
            pl.col("opened").alias("reached"),
            (pl.col("opened") - pl.col("opens")).alias("lot_start"),
            pl.col("value").alias("lot_cost"),
            pl.col("all_units").alias("lot_quantity"),
        )
    )
    closings = (
        axis.filter(pl.col("closes") > 0)
        .with_row_index("closing_no")
        .select(
            "closing_no",
            "queue",
            pl.col("ordinal").alias("closed_by"),
            pl.col("closed").alias("reached"),
            pl.col("closed").shift(1, fill_value=0).over("queue").alias("trade_start"),
            pl.col("value").alias("trade_value"),
            pl.col("all_units").alias("trade_quantity"),
        )
    )
    ends = ["queue", "reached", "ordinal", "of_opening"]
    break_points = pl.concat(
        [
            openings.select("queue", "reached", pl.col("opened_by").alias("ordinal"), of_opening=True),
            closings.select("queue", "reached", pl.col("closed_by").alias("ordinal"), of_opening=False),
        ]
    ).sort(ends)
    earlier = pl.col("of_opening").cum_sum() - pl.col("of_opening")
    from_start = pl.col("reached").shift(1, fill_value=0).over("queue")
    return (
        break_points.with_row_index("place")
        .with_columns(
            from_start.alias("start"),
            earlier.cast(pl.UInt32).alias("opening_no"),
            (pl.col("place") - earlier).cast(pl.UInt32).alias("closing_no"),
        )
        .filter(pl.col("reached") > pl.col("start"))
        .select("queue", "start", pl.col("reached").alias("until"), "opening_no", "closing_no")
        .join(openings.drop("queue", "reached"), on="opening_no")
        .join(closings.drop("reached"), on=["closing_no", "queue"], how="left")
    )


def _slices(events: pl.LazyFrame, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Lots cut into slices with one fate, and what each cost and brought in."""
    lot_from, lot_until = pl.col("start") - pl.col("lot_start"), pl.col("until") - pl.col("lot_start")
    trade_from, trade_until = pl.col("start") - pl.col("trade_start"), pl.col("until") - pl.col("trade_start")
    opening = events.select(
        pl.col("ordinal").alias("opened_by"), pl.col("movement_id").alias("opened_movement"), "account_id",
        "instrument_id", "is_option", pl.col("on_date").alias("opened_on"),
    )  # fmt: skip
    closing = events.select(
        pl.col("ordinal").alias("closed_by"), pl.col("movement_id").alias("closed_movement"),
        pl.col("on_date").alias("closed_on"),
    )  # fmt: skip
    return (
        lots.with_columns(
            (pl.col("queue") % 2 == 1).alias("is_short"),
            lot_from.alias("lot_offset"),
            (pl.col("until") - pl.col("start")).alias("quantity"),
            _between("lot_cost", lot_from, lot_until, "lot_quantity").alias("cost"),
            _between("trade_value", trade_from, trade_until, "trade_quantity").alias("proceeds"),
        )
        .join(opening, on="opened_by")
        .join(closing, on="closed_by", how="left")
        .with_columns(
            pl.when("is_short")
            .then(pl.col("cost") - pl.col("proceeds"))
            .otherwise(pl.col("proceeds") - pl.col("cost"))
            .alias("gain")
        )
    )


def _lot_slices(slices: pl.LazyFrame) -> pl.LazyFrame:
    return slices.sort("account_id", "opened_movement", "instrument_id", "lot_offset").select(
        "account_id",
        pl.col("opened_movement").alias("opened_by"),
        pl.col("account_id").alias("opened_in"),
        pl.col("opened_movement").alias("entered_by"),
        "lot_offset",
        "quantity",
        "instrument_id",
        pl.col("is_short").cast(pl.Int64).alias("side"),
        "opened_on",
        pl.col("opened_on").alias("entered_on"),
        pl.col("closed_on").fill_null(FOR_EVER),
        pl.col("closed_movement").fill_null(UNKNOWN).alias("closed_by"),
        "cost",
        pl.col("proceeds").fill_null(UNKNOWN),
        pl.col("gain").fill_null(UNKNOWN),
        "lot_quantity",
        "lot_cost",
    )


# What each day changes, and what that adds up to.


def _changes(events: pl.LazyFrame, slices: pl.LazyFrame) -> pl.LazyFrame:
    """What each day adds to the figures of each position, cash among them."""
    amount, tax = pl.col("amount"), pl.col("tax")
    booked = events.select(
        "account_id",
        "instrument_id",
        "on_date",
        pl.lit(1, pl.Int64).alias("movement_counter"),
        _of(Kind.DEPOSIT, amount).alias("deposited"),
        _of(Kind.WITHDRAWAL, -amount).alias("withdrawn"),
        _of(Kind.DIVIDEND, amount).alias("dividends"),
        _of(Kind.DIVIDEND, tax).alias("dividend_taxes"),
        pl.when(pl.col("is_option") & pl.col("kind").is_in([Kind.BUY, Kind.SELL, Kind.EXPIRATION]))
        .then(amount)
        .alias("options_income"),
        _of(Kind.INTEREST, amount).alias("other_income"),
        pl.col("commission").alias("commissions"),
        (
            pl.col("fee")
            + _of(Kind.FEE, -amount).fill_null(0)
            + pl.when(pl.col("kind") != Kind.DIVIDEND).then(tax).otherwise(0)
        ).alias("fees"),
        pl.col("cash").alias("cash_balance"),
        pl.when(pl.col("effect") > 0).then("lot_costs").alias("lot_costs"),
    )
    opened = _turned(slices, "opened_on", pl.col("quantity"), pl.col("cost"))
    gone = slices.filter(pl.col("closed_on").is_not_null())
    closed = _turned(
        gone, "closed_on", -pl.col("quantity"), -pl.col("cost"), pl.col("gain").alias("realized_gains")
    )
    return (
        pl.concat([booked, opened, closed], how="diagonal")
        .group_by("account_id", "instrument_id", "on_date")
        .agg(pl.all().sum())
        .sort("account_id", "instrument_id", "on_date")
    )


def _of(kind: Kind, figure: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("kind") == kind).then(figure)


def _turned(
    slices: pl.LazyFrame, on_date: str, units: pl.Expr, cost: pl.Expr, *gain: pl.Expr
) -> pl.LazyFrame:
    is_long, is_short = ~pl.col("is_short"), pl.col("is_short")
    return slices.select(
        "account_id",
        "instrument_id",
        pl.col(on_date).alias("on_date"),
        *gain,
        pl.when(is_long).then(units).alias("long_quantity"),
        pl.when(is_short).then(units).alias("short_quantity"),
        pl.when(is_long).then(cost).alias("long_cost"),
        pl.when(is_short).then(cost).alias("short_cost"),
        pl.when(is_long & ~pl.col("is_option")).then(cost).alias("invested"),
    )


def _positions(changes: pl.LazyFrame) -> pl.LazyFrame:
    """Cumulative figures of each position on the days it moved, and whether it opened or closed."""
    position = ["account_id", "instrument_id"]
    is_open = ((pl.col("long_quantity") > 0) | (pl.col("short_quantity") > 0)).cast(pl.Int64)
    return (
        changes.filter(pl.col("instrument_id") > 0)
        .select(*position, "on_date", *[pl.col(name).cum_sum().over(position) for name in _OF_POSITION])
        .with_columns(is_open.alias("is_open"))
        .with_columns(
            (pl.col("is_open") - pl.col("is_open").shift(1, fill_value=0).over(position)).alias("turned")
        )
    )


def _accounts(changes: pl.LazyFrame, positions: pl.LazyFrame) -> pl.LazyFrame:
    """Cumulative figures of each account on its days with movements."""
    figures = (*_OF_POSITION, *_OF_ACCOUNT, "invested", "open_positions")
    turned = positions.group_by("account_id", "on_date").agg(pl.col("turned").sum().alias("open_positions"))
    return (
        changes.drop("instrument_id")
        .group_by("account_id", "on_date")
        .agg(pl.all().sum())
        .join(turned, on=["account_id", "on_date"], how="left")
        .with_columns(pl.col("open_positions").fill_null(0))
        .sort("account_id", "on_date")
        .select("account_id", "on_date", *[pl.col(name).cum_sum().over("account_id") for name in figures])
        .with_columns(
            (pl.col("dividends") - pl.col("dividend_taxes")).alias("dividends_received"),
            (pl.col("long_cost") - pl.col("short_cost")).alias("market_value"),
            (pl.col("deposited") - pl.col("withdrawn")).alias("contributed"),
        )
    )


def _known(accounts: pl.LazyFrame) -> pl.LazyFrame:
    return accounts.select("account_id").unique().sort("account_id")


def _held(positions: pl.LazyFrame) -> pl.LazyFrame:
    until = pl.when(pl.col("is_open") == 1).then(pl.lit(FOR_EVER, pl.Int32)).otherwise("on_date")
    return (
        positions.group_by("account_id", "instrument_id")
        .agg(until.last().alias("held_until"))
        .sort("account_id", "instrument_id")
    )


def _position_snapshots(positions: pl.LazyFrame) -> pl.LazyFrame:
    return positions.select(
        "account_id",
        "instrument_id",
        pl.col("on_date").alias("snapshot_date"),
        *_OF_POSITION,
        (pl.col("long_cost") - pl.col("short_cost")).alias("market_value"),
    )


def _account_snapshots(accounts: pl.LazyFrame) -> pl.LazyFrame:
    return accounts.select(
        "account_id",
        pl.col("on_date").alias("snapshot_date"),
        pl.col("movement_counter").cast(pl.Int32),
        *("deposited", "withdrawn", "invested", "realized_gains", "market_value", "commissions", "fees"),
        *("options_income", "dividends_received", "dividend_taxes", "other_income", "cash_balance"),
        (pl.col("long_quantity") + pl.col("short_quantity")).alias("open_units"),
        *("contributed", "lot_costs"),
    )


def _equity(accounts: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Each account on each trading day from its first on; everything is worth what it cost."""
    levels = accounts.select(
        "account_id",
        "on_date",
        "contributed",
        "realized_gains",
        "open_positions",
        pl.col("cash_balance").alias("cash"),
        pl.col("long_cost").alias("long_value"),
        (-pl.col("short_cost")).alias("short_value"),
        (pl.col("dividends_received") + pl.col("other_income")).alias("income"),
        (pl.col("commissions") + pl.col("fees") - pl.col("lot_costs")).alias("costs"),
    )
    began = accounts.group_by("account_id").agg(pl.col("on_date").min().alias("first_date"))
    flow, realized, income, costs = (
        (pl.col(name) - _before(name)) for name in ("contributed", "realized_gains", "income", "costs")
    )
    return (
        began.join(pl.LazyFrame({"on_date": facts.days}), how="cross")
        .filter(pl.col("on_date") >= pl.col("first_date"))
        .join(levels, on=["account_id", "on_date"], how="left")
        .sort("account_id", "on_date")
        .with_columns(pl.exclude("account_id", "on_date", "first_date").forward_fill().over("account_id"))
        .with_columns((pl.col("cash") + pl.col("long_value") + pl.col("short_value")).alias("closing_equity"))
        .select(
            "account_id",
            pl.col("on_date").alias("snapshot_date"),
            _before("closing_equity").alias("opening_equity"),
            flow.alias("net_flow"),
            (pl.col("closing_equity") - _before("closing_equity") - flow).alias("pnl"),
            *("closing_equity", "cash", "long_value", "short_value"),
            pl.col("contributed").alias("cumulative_flow"),
            (pl.col("closing_equity") - pl.col("contributed")).alias("cumulative_pnl"),
            realized.alias("realized_pnl"),
            income.alias("income"),
            costs.alias("costs"),
            pl.col("open_positions").cast(pl.Int32),
            pl.col("open_positions").cast(pl.Int32).alias("positions_unpriced"),
        )
        .with_columns(
            (pl.col("pnl") - pl.col("realized_pnl") - pl.col("income") + pl.col("costs")).alias("other_pnl")
        )
    )


def _before(name: str) -> pl.Expr:
    return pl.col(name).shift(1, fill_value=0).over("account_id")
