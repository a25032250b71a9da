"""Execution plans as trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.ledger import Ledger

Node = dict[str, Any]


def explained(ledger: Ledger, query: str, *arguments: Any) -> Node:
    """The plan of a query that was run, with rows and buffers."""
    (document,) = ledger.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *arguments)
    return document["Plan"]


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def buffers(node: Node) -> int:
    return node["Shared Hit Blocks"] + node["Shared Read Blocks"]


def rows_handled(plan: Node) -> float:
    """Rows that all steps of a plan produced or threw away."""
    return sum(
        node["Actual Loops"]
        * (
            node["Actual Rows"]
            + node.get("Rows Removed by Join Filter", 0)
            + node.get("Rows Removed by Filter", 0)
        )
        for node in nodes(plan)
    )
