"""Results survive the way through JSON."""

from __future__ import annotations

import json
from pathlib import Path

from bench.report.document import document, from_json, save, to_json
from bench.settings import QUICK

from tests.bench import made


def test_what_is_read_back_is_what_was_written(tmp_path: Path):
    written = made.document("18.6", "15.14")
    save(written, tmp_path / "new folder" / "results.json")
    assert from_json((tmp_path / "new folder" / "results.json").read_text(encoding="utf-8")) == written


def test_verdicts_can_be_read_without_this_program():
    first = json.loads(to_json(made.document()))["runs"][0]["lines"][0]
    assert first["median"] == 2.0
    assert (first["lowest"], first["highest"]) == (1.0, 3.0)
    assert (first["verdict"], first["reaches_goal"]) == ("met", False)


def test_it_is_said_where_and_how_it_was_measured():
    taken = document(QUICK, [])
    assert taken.settings["fsync"] == "on"
    assert taken.cpus >= 1
    assert taken.cpu
    assert (taken.scale, taken.repetitions) == ("quick", QUICK.repetitions)
