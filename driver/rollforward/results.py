"""What the database's functions return, as plain dataclasses. Fields are the columns, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollforward.errors import RollforwardError


@dataclass(frozen=True)
class BatchResult:
    """Outcome of a processing call."""

    run_id: int | None
    success: bool
    mode: str
    fell_back: bool
    snapshots_saved: int
    dates_processed: int
    movements_processed: int
    load_ms: Decimal
    calculation_ms: Decimal
    persistence_ms: Decimal
    total_ms: Decimal
    errors: list[dict[str, Any]]
    equity_saved: int | None
    coverage: Decimal | None


@dataclass(frozen=True)
class Run:
    """What was asked to be computed, how far it has come, and what became of it.

    ``status`` is running, succeeded, failed (an account did, the others stand), cancelled, or interrupted:
    nobody works on it any more, and it may be resumed.
    """

    run_id: int
    scenario: str
    mode: str | None
    start_date: date
    end_date: date
    only_stale: bool
    status: str
    workers: int
    steps: int
    steps_done: int
    accounts: int
    accounts_done: int
    started_at: datetime
    finished_at: datetime | None
    fell_back: bool
    snapshots_saved: int
    equity_saved: int
    dates_processed: int
    movements_processed: int
    load_ms: Decimal
    calculation_ms: Decimal
    persistence_ms: Decimal
    total_ms: Decimal
    coverage: Decimal | None
    errors: int
    differences: int
    requested_by: str
    version: str | None


@dataclass(frozen=True)
class ImportResult:
    """What the import of one statement did. Dates are None when it held no movement."""

    account_id: int
    account_created: bool
    rows_read: int
    saved: int
    already_known: int
    first_date: date | None
    last_date: date | None
    import_session_id: int | None = None


@dataclass(frozen=True)
class Disagreement:
    """What a statement or a user says of an account and what is computed.

    subject   ``cash`` in a currency, ``quantity`` of an instrument, or what was ``realized`` on it
    as_of     at the end of this day; what was realized from ``from_date`` on
    source    ``statement`` or ``manual``
    """

    as_of: date
    from_date: date | None
    subject: str
    currency: str
    symbol: str | None
    stated: Decimal
    computed: Decimal
    difference: Decimal
    source: str


@dataclass(frozen=True)
class MarketLoad:
    """What loading a file of market data did; every row read is one of saved, corrected, unchanged, rejected.

    ``rejects`` are the first hundred offences: line, column, value, reason.
    """

    rows_read: int
    saved: int
    corrected: int
    unchanged: int
    rejected: int
    rejects: list[dict[str, Any]]


@dataclass(frozen=True)
class AccountSnapshot:
    """Cumulative figures of an account and currency on one of its dates with movements."""

    account_id: int
    account_number: str
    currency: str
    snapshot_date: date
    movement_counter: int
    deposited: Decimal
    withdrawn: Decimal
    invested: Decimal
    realized_gains: Decimal
    realized_percentage: Decimal
    unrealized_gains: Decimal
    unrealized_percentage: Decimal
    commissions: Decimal
    fees: Decimal
    options_income: Decimal
    dividends_received: Decimal
    other_income: Decimal
    net_cash_flow: Decimal
    cash_balance: Decimal
    open_trades: bool
    dividend_taxes: Decimal
    market_value: Decimal


@dataclass(frozen=True)
class Difference:
    """A field in which stored data differs from the reference; None stands for a row that is not there."""

    account_id: int
    object: str
    key: dict[str, Any]
    field: str
    stored: str | None
    expected: str | None


@dataclass(frozen=True)
class Tie:
    """A broken identity, or an orphan closing."""

    account_id: int
    identity: str
    key: dict[str, Any]
    expected: Decimal
    actual: Decimal


@dataclass(frozen=True)
class Outcome:
    """What has become of one row of a batch."""

    ordinal: int  # its place in the batch, counted from 1
    key: tuple[Any, ...]  # the values of the key, in the order of its columns
    status: str  # inserted, updated, unchanged, skipped, deleted or unknown
    version: int | None


@dataclass(frozen=True)
class Offence:
    """What is wrong with one field of one row of a batch."""

    ordinal: int
    code: str
    field: str
    value: str | None
    message: str


@dataclass(frozen=True)
class SavedChunk:
    """What has become of a chunk of a stream of rows: it was saved, or refused with an error."""

    chunk: int  # counted from 1
    first_ordinal: int  # the place of its first row in the stream, counted from 1
    rows: int
    inserted: int
    updated: int
    unchanged: int
    skipped: int
    seconds: float
    error: RollforwardError | None  # its ordinals are counted in the chunk
