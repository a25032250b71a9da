"""db start, stop, status and psql, as a user meets them."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.embedded.commands import Home, accepts, eventually


def test_start_prints_the_dsn_last_and_leaves_the_server_running(home: Home):
    begun = time.monotonic()
    done = home.run("db", "start")  # captured: returns at once only if the server holds no pipe of ours
    assert time.monotonic() - begun < 20
    dsn = done.stdout.splitlines()[-1]
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT current_user::text, rolsuper, rolcreaterole, current_database()::text,"
            " pg_get_userbyid(datdba)::text FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    assert row == ("rollforward", False, True, "rollforward", "rollforward")
    assert stat.S_IMODE(home.directory.stat().st_mode) == 0o700


def test_stop_ends_it_and_both_may_be_repeated(made_home: Home):
    dsn = made_home.start()
    assert made_home.start() == dsn
    made_home.stop()
    assert not accepts(dsn)
    assert eventually(lambda: made_home.processes() == [])
    made_home.stop()


def test_status_tells_what_runs(made_home: Home):
    assert made_home.status()["running"] is False
    dsn = made_home.start()
    status = made_home.status()
    assert (status["running"], status["dsn"], status["kept"], status["users"]) == (True, dsn, True, 0)


def test_status_creates_nothing(place: Path):
    assert Home(place / "none").status()["running"] is False
    assert list(place.iterdir()) == []


def test_psql_starts_a_server_for_itself_only(made_home: Home):
    assert made_home.sql("SELECT current_user") == "rollforward"
    assert eventually(lambda: made_home.processes() == [])


def test_psql_passes_all_its_arguments_on(made_home: Home):
    done = made_home.run("db", "psql", "--", "-XAtq", "-v", "n=7", "-c", "SELECT 1", "-c", "SELECT 2")
    assert (done.returncode, done.stdout) == (0, "1\n2\n")


def test_nobody_else_can_connect(made_home: Home):
    made_home.start()
    sockets = [path for path in made_home.directory.iterdir() if path.is_socket()]
    assert len(sockets) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in sockets)


def test_kept_data_is_durable_in_utc_and_off_the_network(made_home: Home):
    names = ("fsync", "timezone", "listen_addresses")
    values = made_home.sql("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
    assert values == "on|UTC|"


@pytest.mark.parametrize(
    "name", ["with a space", pytest.param('comma, "quote"', marks=pytest.mark.long), "größe" + "/deep" * 25]
)
def test_any_path_will_do(place: Path, made_home: Home, name: str):
    home = Home(place / name)
    home.directory.parent.mkdir(parents=True, exist_ok=True)
    made_home.directory.rename(home.directory)
    try:
        dsn = home.start()
        assert " " not in dsn
        assert accepts(dsn)
        assert home.sql("SELECT 1") == "1"
    finally:
        home.stop()
        home.directory.rename(made_home.directory)


def test_permissions_of_folders_above_stay_as_they_are(place: Path, made_home: Home):
    modes = {}
    folder = place
    for name, mode in (("open", 0o755), ("closed", 0o700), ("odd", 0o711)):
        folder /= name
        folder.mkdir()
        folder.chmod(mode)
        modes[folder] = mode
    home = Home(folder / "data")
    made_home.directory.rename(home.directory)
    try:
        home.start()
        home.stop()
    finally:
        home.directory.rename(made_home.directory)
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in modes} == modes


def test_an_unusable_directory_is_a_clear_error(place: Path):
    (place / "file").write_text("not a directory")
    done = Home(place / "file" / "data").run("db", "start")
    assert done.returncode == 3
    assert f"cannot be used: {place / 'file'}: not a directory" in done.stderr
    assert "hint: " in done.stderr
    assert done.stdout == ""


def test_a_directory_with_other_things_is_left_alone(place: Path):
    (place / "letter.txt").write_text("mine")
    done = Home(place).run("db", "start")
    assert done.returncode == 3
    assert "letter.txt" in done.stderr
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


def test_data_of_another_major_version_is_a_clear_error(made_home: Home):
    version = made_home.directory / "pgdata" / "PG_VERSION"
    genuine = version.read_text()
    version.write_text("14\n")
    done = made_home.run("--json", "db", "start")
    version.write_text(genuine)
    assert done.returncode == 3
    assert "was made by PostgreSQL 14" in done.stdout
    assert "PG_BINDIR" in done.stdout


def test_a_server_that_does_not_start_shows_the_end_of_its_log(made_home: Home):
    conf = made_home.directory / "pgdata" / "postgresql.conf"
    genuine = conf.read_text()
    conf.write_text(genuine + "\nshared_buffers = 'plenty'\n")
    done = made_home.run("db", "start")
    conf.write_text(genuine)
    assert done.returncode == 3
    assert "plenty" in done.stderr
    assert "server.log" in done.stderr


def test_a_wrong_pg_bindir_is_a_clear_error(made_home: Home):
    done = made_home.run("db", "start", PG_BINDIR="/nonexistent")
    assert done.returncode == 3
    assert "PG_BINDIR is /nonexistent" in done.stderr


def test_a_dsn_and_an_embedded_server_exclude_each_other(made_home: Home):
    command = [sys.executable, "-m", "rollforward", "--dsn", "host=x", "db", "start"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "error: " in done.stderr


def test_a_long_path_leaves_nothing_in_tmp(place: Path, made_home: Home):
    home = Home(place / ("long" * 30))
    made_home.directory.rename(home.directory)
    try:
        home.start()
        sockets = Path(home.sql("SHOW unix_socket_directories").strip('"'))
        assert sockets.parent == Path("/tmp")
        home.stop()
        assert eventually(lambda: not sockets.exists())
    finally:
        home.directory.rename(made_home.directory)
