"""The functions of the repository are rendered from one model, which knows the tables as they are."""

from __future__ import annotations

import pytest

from rollforward import entities as model
from rollforward import generation
from rollforward.entities import entities
from rollforward.generation import folder, rendered, write


def test_what_is_committed_is_what_is_rendered():
    committed = {path.name: path.read_text("utf-8") for path in folder().glob("*.sql")}
    assert committed == rendered(), "make repository"


def test_rendering_again_writes_nothing():
    assert write() == []


def test_the_model_names_all_columns_of_the_tables(ledger):
    for entity in entities():
        columns = ledger.rows(
            "SELECT attname, format_type(atttypid, NULL) AS type, attnum = ANY (conkey) AS is_key"
            " FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid AND contype = 'p'"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attname NOT IN ('version', 'log_id', 'recorded_at')"
            " ORDER BY attnum",
            f"rollforward_data.{entity.name}",
        )
        as_sql = {"timestamp with time zone": "timestamptz"}
        assert {column.name: column.type for column in entity.columns} == {
            column.attname: as_sql.get(column.type, column.type) for column in columns
        }
        assert {column.name for column in entity.key} == {
            column.attname for column in columns if column.is_key
        }


BAD = {
    "a name": '[x]\nnoun = "x"\nplural = "x"\nkey = ["a"]\n[x.columns]\na = "bigint); DROP TABLE x"\n',
    "a column": '[x]\nnoun = "x"\nplural = "x"\nkey = ["a"]\n[x.columns]\n"a b" = "bigint"\n',
    "a noun": '[x]\nnoun = "x\\n;"\nplural = "x"\nkey = ["a"]\n[x.columns]\na = "bigint"\n',
    "a key": '[x]\nnoun = "x"\nplural = "x"\nkey = ["b"]\n[x.columns]\na = "bigint"\n',
}


@pytest.mark.parametrize("what", BAD)
def test_a_model_that_cannot_stand_in_sql_is_refused(monkeypatch, tmp_path, what):
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "entities.toml").write_text(BAD[what], "utf-8")
    monkeypatch.setattr(model, "templates_root", lambda: tmp_path)
    with pytest.raises(ValueError, match=r"not a name|no columns"):
        entities()


def test_a_template_prints_nothing_unchecked():
    environment = generation._environment()
    entity = entities()[0]
    for template in ("{{ entity.name }}", "{{ entity.columns }}", "{{ entity.key[0].type }}"):
        with pytest.raises(TypeError):
            environment.from_string(template).render(entity=entity)
