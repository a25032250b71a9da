"""How the benchmark is run: the server's settings and the sizes of the workloads."""

from __future__ import annotations

from dataclasses import dataclass, replace

# What is not named here stands at PostgreSQL's default, among it fsync and synchronous_commit, which are on.
SERVER_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # what one core does
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "none",  # but where statements are counted, which is not timed
    "autovacuum": "off",  # tables are vacuumed and analyzed once, after loading
}


@dataclass(frozen=True)
class Scale:
    """Sizes of the workloads and how often each measurement is repeated."""

    name: str
    repetitions: int
    one_account_dates: tuple[int, ...]
    many_accounts: tuple[int, ...]  # over 120 dates
    growth_movements: tuple[int, ...]  # for batch ÷ floor, 100 for each account
    run_accounts: int  # of runs, 20 movements each
    fifo_trades: int  # in one position, and over a tenth as many
    method_trades: int  # likewise, for the other cost methods
    lookup_accounts: int  # 50 snapshots each
    backdated_accounts: tuple[int, int]
    suffix_movements: int  # of the one large account that a movement is written into
    backfill_accounts: int  # 15 positions each, over 120 trading days
    end_of_day_accounts: tuple[int, ...]  # likewise, and one more day
    nightly_accounts: int  # likewise, night by night
    nights: int
    repository_sizes: tuple[int, ...]  # rows in a call
    row_by_row_up_to: int  # calls, each committed
    stream_rows: int  # prices; a fifth as many movements
    statement_rows: int  # in a file
    analytics_accounts: int  # 15 positions each
    analytics_instruments: int  # 404 days of closes each
    analytics_dates: tuple[int, ...]  # in a backfill
    tuning_accounts: int  # for settings, 100 movements each
    outside_accounts: int  # for polars and DuckDB ÷ batch, 100 movements each


FULL = Scale(
    name="full",
    repetitions=5,
    one_account_dates=(3, 30, 365),
    many_accounts=(6, 100, 1_000),
    run_accounts=10_000,
    growth_movements=(10_000, 100_000, 1_000_000),
    fifo_trades=500_000,
    method_trades=100_000,
    lookup_accounts=20_000,
    backdated_accounts=(100, 10_000),
    suffix_movements=50_000,
    backfill_accounts=1_000,
    end_of_day_accounts=(1_000, 10_000),
    nightly_accounts=50,
    nights=126,
    repository_sizes=(1, 10, 100, 1_000, 10_000),
    row_by_row_up_to=1_000,
    stream_rows=1_000_000,
    statement_rows=1_000_000,
    analytics_accounts=1_000,
    analytics_instruments=500,
    analytics_dates=(2, 5, 10),
    tuning_accounts=300,
    outside_accounts=2_000,
)
QUICK = Scale(
    name="quick",
    repetitions=2,
    one_account_dates=(120,),
    many_accounts=(2,),
    run_accounts=100,
    growth_movements=(1_000, 2_500, 6_000),
    fifo_trades=5_000,
    method_trades=2_000,
    lookup_accounts=4_000,
    backdated_accounts=(20, 200),
    suffix_movements=2_000,
    backfill_accounts=20,
    end_of_day_accounts=(200,),
    nightly_accounts=10,
    nights=3,
    repository_sizes=(100, 1_000),
    row_by_row_up_to=100,
    stream_rows=5_000,
    statement_rows=4_000,
    analytics_accounts=20,
    analytics_instruments=60,
    analytics_dates=(1, 3),
    tuning_accounts=2,
    outside_accounts=50,
)


def with_ten_millions(scale: Scale) -> Scale:
    """The same, growing up to ten million movements."""
    return replace(scale, growth_movements=(*scale.growth_movements, 10_000_000))
