"""Whatever a file holds: each row lands or is rejected with a reason, and what lands is good by itself."""

from __future__ import annotations

import random

import pytest

from tests.market.files import FUNCTIONS, HEADERS, counts, load

COLUMNS = HEADERS | {
    "profiles": (
        "symbol", "kind", "sector", "industry", "beta", "is_etf", "multiplier", "underlying", "expiration",
        "strike", "option_right",
    )
}  # fmt: skip
PLAUSIBLE = {
    "symbol": ["ACME", "ACME", "NEW", "OLD C50", "XQZ", "XQZ C50"],
    "date": ["2025-01-02", "2025-01-03", "2025-01-06", "2024-02-29"],
    "close": ["20", "20.40", "21", "1e2"],
    "currency": ["USD", "EUR", ""],
    "quote_currency": ["USD", "GBP"],
    "rate": ["1.03", "1.030", "0.9"],
    "ratio": ["2/1", "2", "1.5/1"],
    "kind": ["stock", "option", "Future", ""],
    "calendar": ["XNYS", "XLON"],
    "is_etf": ["true", "False", ""],
    "option_right": ["call", "PUT"],
    "expiration": ["2025-12-19"],
}
GARBAGE = [
    "", " ", "ACME", "usd", "2025-01-04", "2025-02-29", "0001-01-01", "9999-12-31", "1999-12-31 ", "-1", "0",
    "1e99", "1e-99", "9" * 60, "0." + "9" * 58, "NaN", "Infinity", "1/0", "0/1", "2/", "/", "1e2/1", "crypto",
    "bond", "true", "FALSE", "ÄÖ ß", "'; DROP TABLE price; --", "\\N", "x" * 3_000, "١٢٣", "{}", "null",
]  # fmt: skip


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_garbage_is_rejected_and_never_an_error(ledger, kind):
    draw = random.Random(kind)

    def cell(column: str) -> str:
        plausible = draw.random() > 0.6 / len(COLUMNS[kind])
        return draw.choice(PLAUSIBLE.get(column, ["1", ""]) if plausible else GARBAGE)

    landed = 0
    for _ in range(20):
        ledger.clear()
        ledger.instrument("ACME")
        ledger.instrument("NEW", currency=None)
        ledger.option("OLD C50")
        rows = [[cell(column) for column in COLUMNS[kind]] for _ in range(draw.choice([3, 10, 40]))]
        result = load(ledger, kind, rows, columns=COLUMNS[kind])
        assert counts(result)["rows_read"] == len(rows)
        lines = {row.line for row in ledger.rows("SELECT line FROM rollforward.rejected_row")}
        assert len(lines) == result.rejected
        good = [row for line, row in enumerate(rows, 2) if line not in lines]
        landed += len(good)
        if good:
            again = load(ledger, kind, good, columns=COLUMNS[kind], strict=True)
            assert counts(again) == {"rows_read": len(good), "unchanged": len(good)}
    assert landed >= 10
