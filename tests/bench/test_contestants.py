"""Contestants that call functions which users do not: these are still there, and come to the same figures."""

from __future__ import annotations

import psycopg
import pytest
from bench.contestants import fifo, fifo_cursor
from bench.data import Trades


@pytest.mark.parametrize("auto", [False, True])
@pytest.mark.parametrize("positions", [1, 4])
def test_matching_and_the_loop_over_cursors_leave_the_same_slices(
    db: psycopg.Connection, positions: int, auto: bool
):
    trades = Trades(40, positions, auto)
    trades.load(db)
    fifo_cursor.create(db)
    assert fifo.match_only(db, trades) > 0
    fifo.require_same_slices(db, trades)
