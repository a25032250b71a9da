"""Sessions of imports: what others see of one, what is left of one that failed, archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import psycopg
import pytest

import rollforward
from rollforward.errors import BadArgument
from tests.support.activity import Activity
from tests.support.command import CommandLine, deposit, few_rows, write
from tests.support.dump import content, everything
from tests.support.ledger import Ledger
from tests.support.statements import HEADER

SESSIONS = "SELECT * FROM rollforward.import_session ORDER BY import_session_id"


def sessions(ledger: Ledger) -> list:
    return ledger.rows(SESSIONS)


def start(ledger: Ledger, name: str = "a") -> int:
    return ledger.value("SELECT rollforward.start_import('tastytrade', %s, 'a.csv', sha256(''))", name)


def test_an_import_is_written_down_with_its_counts_its_dates_and_its_run(
    command: CommandLine, statement: Path, ledger: Ledger
):
    command.book(statement)
    [done] = sessions(ledger)
    assert (done.phase, done.rows_read, done.saved, done.already_known) == ("completed", 4, 4, 0)
    assert (str(done.first_date), str(done.last_date)) == ("2025-01-02", "2025-01-07")
    assert (done.account_number, done.layout, done.file_name) == ("a", "tastytrade", str(statement))
    assert done.started_at < done.saved_at < done.finished_at
    assert ledger.value("SELECT scenario FROM rollforward.run WHERE run_id = %s", done.run_id) == "import"


def test_the_same_file_has_the_same_hash_and_is_imported_again(
    command: CommandLine, statement: Path, tmp_path: Path, ledger: Ledger
):
    command.book(statement)
    command.book(write(tmp_path / "renamed.csv", few_rows()))
    first, again = sessions(ledger)
    assert first.file_hash == again.file_hash
    assert (again.saved, again.already_known, again.phase, again.run_id) == (0, 4, "completed", None)


def test_without_processing_it_is_saved(command: CommandLine, statement: Path, ledger: Ledger):
    command.book(statement, options=["--no-process"])
    [saved] = sessions(ledger)
    assert (saved.phase, saved.run_id, saved.finished_at) == ("saved", None, None)


def test_a_refused_statement_says_why_for_ever(command: CommandLine, tmp_path: Path, ledger: Ledger):
    command.book(write(tmp_path / "bad.csv", [deposit("2025-01-02", "ten")]))
    [refused] = sessions(ledger)
    assert (refused.phase, refused.saved, refused.account_id) == ("refused", None, None)
    assert refused.error["sqlstate"] == "23R01"
    [offence] = refused.error["detail"]
    assert (offence["line"], offence["column"], offence["value"]) == (2, "Value", "ten")


def test_what_is_rolled_back_leaves_no_session(command: CommandLine, statement: Path, ledger: Ledger):
    before = everything(ledger.connection)
    command.book(statement, options=["--dry-run"])
    assert sessions(ledger) == []
    assert everything(ledger.connection) == before


def test_while_rows_are_copied_others_see_how_many(command: CommandLine, ledger: Ledger):
    number = start(ledger)
    with psycopg.connect(command.dsn) as importer:
        importer.execute("SELECT rollforward.claim_import(%s)", [number])
        [saving] = sessions(ledger)
        assert saving.phase == "saving"
        with importer.cursor().copy("COPY rollforward_data.tastytrade_row (line) FROM STDIN") as copy:
            for line in range(20_000):
                copy.write_row([line])
            seen = set()
            for line in range(200_000):
                copy.write_row([line])
                if line % 20_000 == 0:
                    [session] = sessions(ledger)
                    seen.add((session.phase, (session.rows_read or 0) > 0))
        importer.rollback()
    assert ("staging", True) in seen


def test_one_that_nobody_is_at_is_interrupted(command: CommandLine, ledger: Ledger):
    start(ledger)
    assert sessions(ledger)[0].phase == "staging"
    ledger.rows(
        "UPDATE rollforward_data.import_session SET started_at = started_at - interval '6 s' RETURNING 1"
    )
    assert sessions(ledger)[0].phase == "interrupted"


def test_what_was_saved_is_not_saved_again_when_nobody_heard_of_it(
    command: CommandLine, statement: Path, ledger: Ledger
):
    command.book(statement, options=["--no-process"])
    [first] = sessions(ledger)
    before = everything(ledger.connection)
    assert ledger.value("SELECT rollforward.claim_import(%s)", first.import_session_id) is False
    again = ledger.row(
        "SELECT * FROM rollforward.import_statement('tastytrade', 'a', %s)", first.import_session_id
    )
    assert (again.saved, again.rows_read, again.account_id) == (4, 4, first.account_id)
    assert everything(ledger.connection) == before


def test_an_import_that_nobody_began_is_no_import(ledger: Ledger):
    for call in ("claim_import(99)", "start_import_run(99)", "import_statement('tastytrade', 'a', 99)"):
        with pytest.raises(psycopg.Error) as refused:
            ledger.rows(f"SELECT rollforward.{call}")
        assert refused.value.sqlstate == "22R01"


def test_a_lost_connection_is_opened_again_and_the_file_saved_once(
    command: CommandLine, statement: Path, ledger: Ledger
):
    with rollforward.connect(command.dsn) as session:
        calls = iter([True])

        def progress(_: int) -> None:
            if next(calls, False):
                session.connection.close()

        result = session.import_statement(statement, account="a", broker="tastytrade", progress=progress)
    assert (result.saved, result.already_known) == (4, 0)
    [done] = sessions(ledger)
    assert (done.phase, done.import_session_id) == ("saved", result.import_session_id)


def test_a_name_that_is_none_begins_no_session(command: CommandLine, statement: Path, ledger: Ledger):
    with rollforward.connect(command.dsn) as session, pytest.raises(BadArgument):
        session.import_statement(statement, account=" ", broker="tastytrade")
    assert sessions(ledger) == []


def test_imports_lists_them_the_last_one_first(command: CommandLine, statement: Path, tmp_path: Path):
    assert command.succeed("imports").out == "nothing was imported\n"
    command.book(statement)
    command.book(write(tmp_path / "bad.csv", [deposit("2025-01-02", "ten")]), account="b")
    listed = command.json("imports")["imports"]
    assert [(each["account_number"], each["phase"]) for each in listed] == [
        ("b", "refused"),
        ("a", "completed"),
    ]
    assert [each["account_number"] for each in command.json("imports", "--account", "a")["imports"]] == ["a"]
    assert len(command.json("imports", "--limit", 1)["imports"]) == 1
    table = command.succeed("imports").out
    assert "statement.csv" in table
    assert "1 of 1 rows cannot be booked" in table


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, text in members.items():
            archived.writestr(name, text)
    return path


def test_every_csv_file_of_an_archive_is_a_statement(
    command: CommandLine, tmp_path: Path, statement: Path, ledger: Ledger
):
    part = write(tmp_path / "part.csv", few_rows()[:2]).read_bytes()
    members = {"b.csv": statement.read_bytes(), "a/one.CSV": part, "readme": b"x", "__MACOSX/c.csv": b"y"}
    zipped = archive(tmp_path / "year.zip", members)
    documents = command.json("import", zipped, "--broker", "tastytrade", "--account", "a")["files"]
    assert [(each["file"], each["saved"], each["already_known"]) for each in documents] == [
        (f"{zipped}/a/one.CSV", 2, 0),
        (f"{zipped}/b.csv", 2, 2),
    ]
    figures = content(ledger.connection)
    ledger.clear()
    command.book(statement)
    assert content(ledger.connection) == figures


def test_a_bad_file_in_an_archive_is_refused_alone(command: CommandLine, tmp_path: Path, statement: Path):
    zipped = archive(tmp_path / "year.zip", {"a.csv": b"Date,Type\n1,2\n", "b.csv": statement.read_bytes()})
    done = command("import", zipped, "--broker", "tastytrade", "--account", "a")
    assert done.code == 1
    assert f"{zipped}/a.csv" in done.out
    assert "4 rows read, 4 saved" in done.out


@pytest.mark.parametrize("kind", ["no archive", "cut", "empty", "encrypted"])
def test_an_archive_that_cannot_be_read_is_refused(
    command: CommandLine, tmp_path: Path, statement: Path, ledger: Ledger, kind: str
):
    zipped = archive(tmp_path / "year.zip", {"a.csv": statement.read_bytes() * 100})
    content = zipped.read_bytes()
    if kind == "no archive":
        zipped.write_bytes(b"no archive")
    elif kind == "cut":
        zipped.write_bytes(content[: len(content) // 2])
    elif kind == "empty":
        archive(zipped, {})
    else:  # the flag alone: whoever reads it asks for a password
        flagged = bytearray(content)
        flagged[6] |= 1
        flagged[content.index(b"PK\x01\x02") + 8] |= 1
        zipped.write_bytes(bytes(flagged))
    before = everything(ledger.connection)
    [report] = command("import", zipped, "--broker", "tastytrade", "--account", "a", "--json").document[
        "files"
    ]
    assert report["refused"][0]["reason"] in ("not_readable", "empty_file")
    assert everything(ledger.connection) == before


@pytest.fixture
def activity(tmp_path: Path) -> Path:
    """A statement of IBKR whose cash does not tie: it says that a dollar more is there."""
    statement = Activity().data("Deposits & Withdrawals", "USD", "2024-01-02", "Wire", 100)
    statement.trade("2024-02-01, 09:30:00", "ACME", 2, -50, -1)
    statement.cash("USD", "Ending Cash", 50)
    path = tmp_path / "activity.csv"
    path.write_text("\ufeff" + statement.text, encoding="utf-8")
    return path


def test_a_statement_that_does_not_tie_is_booked_with_a_warning(command: CommandLine, activity: Path):
    done = command("import", activity, "--broker", "ibkr", "--account", "a")
    assert (done.code, "2 rows read, 2 saved" in done.out) == (0, True)
    assert "cash in USD on 2024-12-31: stated 50, computed 49" in done.err


def test_reconcile_shows_every_difference_and_exits_with_4(
    command: CommandLine, activity: Path, ledger: Ledger
):
    command("import", activity, "--broker", "ibkr", "--account", "a")
    done = command("reconcile")
    assert done.code == 4
    [difference] = command("reconcile", "--account", "a", "--json").document["differences"]
    assert (difference["subject"], difference["stated"], difference["computed"]) == ("cash", "50", "49")
    ledger.rows(
        "SELECT rollforward.assert_position(account_id, '2024-02-01', 'ACME', 2) FROM rollforward.account"
    )
    ledger.rows(
        "SELECT rollforward.assert_position(account_id, '2024-01-31', 'ACME', 1) FROM rollforward.account"
    )
    assert len(command("reconcile", "--json").document["differences"]) == 2
    ledger.rows("DELETE FROM rollforward_data.assertion RETURNING 1")
    assert command.succeed("reconcile").out == "reconciled 1 accounts: no difference\n"


def test_a_file_of_another_layout_is_refused_as_one(command: CommandLine, statement: Path, activity: Path):
    assert HEADER[0] == "Date"
    [report] = command("import", statement, "--broker", "ibkr", "--account", "a", "--json").document["files"]
    assert report["refused"][0]["reason"] == "no_sections"
    [report] = command("import", activity, "--broker", "tastytrade", "--account", "a", "--json").document[
        "files"
    ]
    assert {refusal["reason"] for refusal in report["refused"]} == {"missing_column"}


def test_nobody_uses_up_what_somebody_else_has_begun(ledger: Ledger):
    number = start(ledger, "victim")
    for layout, account in (("generic", "victim"), ("tastytrade", "other")):
        with pytest.raises(psycopg.Error, match="is of something else") as refused:
            ledger.rows("SELECT rollforward.import_statement(%s, %s, %s)", layout, account, number)
        assert refused.value.sqlstate == "22R01"
    assert ledger.value("SELECT rollforward.claim_import(%s)", number) is True


def test_who_gives_up_does_not_make_a_failure_of_what_is_saved(
    command: CommandLine, statement: Path, ledger: Ledger
):
    command.book(statement)
    [done] = sessions(ledger)
    ledger.rows("SELECT rollforward.fail_import(%s, '{}')", done.import_session_id)
    assert sessions(ledger)[0].phase == "completed"
    assert ledger.value("SELECT rollforward.start_import_run(%s)", done.import_session_id) is None
    assert sessions(ledger)[0].run_id == done.run_id


def test_through_a_callers_autocommit_connection_a_refusal_is_recorded(
    command: CommandLine, tmp_path: Path, ledger: Ledger
):
    bad = write(tmp_path / "bad.csv", [deposit("2025-01-02", "ten")])
    with (
        psycopg.connect(command.dsn, autocommit=True) as connection,
        pytest.raises(rollforward.StatementRefused),
    ):
        rollforward.connect(connection).import_statement(bad, account="a", broker="tastytrade")
    assert [session.phase for session in sessions(ledger)] == ["refused"]
