"""Bringing the objects of schema ``rollforward`` to what the files under ``sql/functions`` say.

Files that changed are run over the objects that are there (CREATE OR REPLACE), which keeps identity, grants
and whatever users have built on them. Where PostgreSQL does not replace an object (another return type,
other columns, other argument names), that object and those of ours that depend on it are dropped and created
again.
Each try is a savepoint, so that the next one starts from the same database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from rollforward.deploy import bookkeeping, catalogue, grants, sqlfile
from rollforward.deploy.bookkeeping import DeployedFile
from rollforward.deploy.catalogue import CatalogueObject, Objects
from rollforward.deploy.errors import BadSource, ObjectsInUse
from rollforward.deploy.grants import Grant
from rollforward.deploy.source import SourceFile

# With these PostgreSQL says that an object cannot be replaced by what the file defines.
_NOT_REPLACEABLE = frozenset(
    {
        "42P13",  # another return type, other argument names, a default value taken away
        "42P16",  # a column of a view taken away, renamed or of another type
        "42710",  # a type exists; there is no CREATE OR REPLACE TYPE
        "42P07",  # a relation exists: a view where there was a type, or the other way round
        "42809",  # a function where there was a procedure
        "42725",  # the name alone is ambiguous, because an overload that is to go is still there
        "2BP01",  # something depends on it
    }
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An object of ours that was dropped, with the file that defined it and what roles could do with it."""

    dropped: CatalogueObject
    path: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class CodeChanges:
    """What was done, by key of object."""

    created: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    recreated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    grants_kept: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.created or self.replaced or self.recreated or self.removed)


class _NotReplaced(Exception):
    """Objects of ours have to be dropped before the files can run; ``error`` is why PostgreSQL said so."""

    def __init__(self, keys: Collection[str], error: BadSource | None) -> None:
        self.keys = frozenset(keys)
        self.error = error


@dataclass
class _Attempt:
    """What one try has done so far."""

    defined: dict[str, CatalogueObject] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)


def own_objects(present: Objects, deployed: Mapping[str, DeployedFile]) -> dict[str, CatalogueObject]:
    """Of the objects in the schema those that a deploy has made."""
    made = {file.object for file in deployed.values()}
    return {key: found for key, found in present.items() if key in made}


def set_aside(
    connection: Connection[TupleRow],
    roots: Iterable[CatalogueObject],
    own: Objects,
    deployed: Mapping[str, DeployedFile],
) -> list[SetAside]:
    """Drop objects with all of ours that depends on them, never with CASCADE.

    Raises ``ObjectsInUse`` when something of a user depends on any of them.
    """
    path_of = {file.object: file.path for file in deployed.values()}
    dropped: list[SetAside] = []
    for target in catalogue.drop_order(connection, roots, own):
        given = tuple(grants.grants_on(connection, target))
        connection.execute(f"DROP {target.grammar}".encode())
        dropped.append(SetAside(target, path_of[target.key], given))
    return dropped


def deploy_code(
    connection: Connection[TupleRow],
    files: Sequence[SourceFile],
    deployed: Mapping[str, DeployedFile],
    already_set_aside: Sequence[SetAside] = (),
) -> CodeChanges:
    """Bring the schema to what the files say, and remember it. ``files`` come in the order they run.

    deployed           the files with objects as this database remembers them
    already_set_aside  what had to be dropped before, to let a migration pass

    Raises ``BadSource`` for a file that PostgreSQL refuses, ``ObjectsInUse`` when objects of a user are in
    the way.
    Writes nothing when nothing has changed.
    """
    must_go: frozenset[str] = frozenset()
    last_resort: BadSource | None = None
    while True:
        try:
            with connection.transaction():
                return _attempt(connection, files, deployed, already_set_aside, must_go)
        except _NotReplaced as refusal:
            more = refusal.keys - must_go
            if not more:
                # Not the object itself is in the way; perhaps one that another changed file is to replace.
                last_resort = refusal.error
                more = _outdated_keys(connection, files, deployed) - must_go
            if not more:
                raise refusal.error or refusal from refusal
            must_go = must_go.union(more)
        except ObjectsInUse as in_use:
            if last_resort is not None:
                raise last_resort from in_use
            raise


def _attempt(
    connection: Connection[TupleRow],
    files: Sequence[SourceFile],
    deployed: Mapping[str, DeployedFile],
    already_set_aside: Sequence[SetAside],
    must_go: Collection[str],
) -> CodeChanges:
    """Drop what must go, run the files whose objects are outdated or missing, drop what no file defines."""
    attempt = _Attempt(set_aside=list(already_set_aside))
    own = own_objects(catalogue.objects(connection), deployed)
    before = {*own, *(item.dropped.key for item in already_set_aside)}
    attempt.set_aside += set_aside(connection, [own[key] for key in must_go if key in own], own, deployed)
    _run_files(connection, files, deployed, attempt)
    present = _remove_undefined(connection, files, deployed, attempt)
    kept, warnings = _give_grants_again(connection, attempt)
    _remember(connection, files, deployed, attempt)
    return _changes(before, present, deployed, attempt, kept, warnings)


def _run_files(
    connection: Connection[TupleRow],
    files: Sequence[SourceFile],
    deployed: Mapping[str, DeployedFile],
    attempt: _Attempt,
) -> None:
    present = catalogue.objects(connection)
    outdated = {file.path for file in files if _is_outdated(file, deployed, present)}
    path_of = {file.object: file.path for file in deployed.values()}
    for file in files:
        if file.path not in outdated:
            continue
        try:
            # A savepoint of its own, so that what the file refers to can still be looked up after an error.
            with connection.transaction():
                sqlfile.run(connection, file)
        except psycopg.Error as error:
            explained = sqlfile.explained(file, error)
            if error.sqlstate in _NOT_REPLACEABLE:
                own = own_objects(present, deployed)
                raise _NotReplaced(_keys_behind(file, own, deployed), explained) from error
            raise explained from error
        after = catalogue.objects(connection)
        defined = _defined_by(file, present, after)
        attempt.defined[file.path] = defined
        previous = present.get(defined.key)
        if previous is not None and previous.width != defined.width:
            # A stored "SELECT view.*" keeps the columns it was created with; what returns rows of the view
            # has to be created from its text again.
            own = own_objects(after, deployed)
            outdated |= {path_of[found.key] for found in catalogue.own_dependents(connection, [defined], own)}
        present = after


def _is_outdated(file: SourceFile, deployed: Mapping[str, DeployedFile], present: Objects) -> bool:
    known = deployed.get(file.path)
    return known is None or known.sha256 != file.sha256 or known.object not in present


def _defined_by(file: SourceFile, before: Objects, after: Objects) -> CatalogueObject:
    """The one object that a file has made or replaced. Raises ``BadSource`` when it is not exactly one."""
    touched = [
        found
        for key, found in after.items()
        if key not in before
        or (before[key].objid, before[key].row_version) != (found.objid, found.row_version)
    ]
    # Replacing a view by the same view leaves no trace in its row of the catalogue.
    namesakes = [found for found in after.values() if found.name == file.object_name]
    if not touched and len(namesakes) == 1:
        return namesakes[0]
    if len(touched) != 1 or touched[0].name != file.object_name:
        found_names = ", ".join(sorted(found.key for found in touched)) or "nothing"
        raise BadSource(
            f"{file.path}: the file has to define exactly rollforward.{file.object_name}, not {found_names}",
            hint="One object a file, named like the file up to its first dot.",
        )
    return touched[0]


def _keys_behind(file: SourceFile, own: Objects, deployed: Mapping[str, DeployedFile]) -> set[str]:
    """The objects that a refused file would replace: what it defined before, else all of that name."""
    known = deployed.get(file.path)
    if known is not None and known.object is not None and known.object in own:
        return {known.object}
    return {key for key, found in own.items() if found.name == file.object_name}


def _outdated_keys(
    connection: Connection[TupleRow], files: Sequence[SourceFile], deployed: Mapping[str, DeployedFile]
) -> frozenset[str]:
    """All objects of ours whose file has changed or is gone."""
    present = catalogue.objects(connection)
    unchanged = {file.path for file in files if not _is_outdated(file, deployed, present)}
    return frozenset(
        known.object
        for known in deployed.values()
        if known.object is not None and known.object in present and known.path not in unchanged
    )


def _remove_undefined(
    connection: Connection[TupleRow],
    files: Sequence[SourceFile],
    deployed: Mapping[str, DeployedFile],
    attempt: _Attempt,
) -> dict[str, CatalogueObject]:
    """Drop what a former deploy has made and no file defines any more; returns all objects that are left.

    An overload whose arguments have changed is such an object: CREATE OR REPLACE puts the new one beside it.
    """
    present = catalogue.objects(connection)
    own = own_objects(present, deployed)
    wanted = {found.key for found in attempt.defined.values()}
    wanted |= {
        known.object
        for file in files
        if file.path not in attempt.defined and (known := deployed[file.path]).object is not None
    }
    undefined = {key: found for key, found in own.items() if key not in wanted}
    order = catalogue.drop_order(connection, undefined.values(), own)
    if any(found.key not in undefined for found in order):
        raise _NotReplaced(undefined.keys(), None)
    attempt.set_aside += set_aside(connection, undefined.values(), own, deployed)
    return {key: found for key, found in present.items() if key not in undefined}


def _give_grants_again(connection: Connection[TupleRow], attempt: _Attempt) -> tuple[list[str], list[str]]:
    """Grant on the successors what had been granted on the objects that were dropped."""
    kept: list[str] = []
    warnings: list[str] = []
    for item in attempt.set_aside:
        successor = _successor(item, attempt.defined)
        if successor is not None:
            given, lost = grants.give_again(connection, successor, item.grants)
            kept += given
            warnings += lost
        elif item.grants:
            holders = ", ".join(sorted({grant.grantee for grant in item.grants}))
            warnings.append(f"{item.dropped.key} is removed; privileges on it were held by {holders}")
    return kept, warnings


def _successor(item: SetAside, defined: Mapping[str, CatalogueObject]) -> CatalogueObject | None:
    """What now stands for a dropped object: what its file defines, or the only object of its name."""
    if item.path in defined:
        return defined[item.path]
    namesakes = [found for found in defined.values() if found.name == item.dropped.name]
    return namesakes[0] if len(namesakes) == 1 else None


def _remember(
    connection: Connection[TupleRow],
    files: Sequence[SourceFile],
    deployed: Mapping[str, DeployedFile],
    attempt: _Attempt,
) -> None:
    for file in files:
        if file.path in attempt.defined:
            bookkeeping.save_file(connection, file, attempt.defined[file.path].key)
    bookkeeping.forget_files(connection, deployed.keys() - {file.path for file in files})


def _changes(
    before: Collection[str],
    present: Objects,
    deployed: Mapping[str, DeployedFile],
    attempt: _Attempt,
    grants_kept: Sequence[str],
    warnings: Sequence[str],
) -> CodeChanges:
    ran = {found.key for found in attempt.defined.values()}
    dropped = {item.dropped.key for item in attempt.set_aside}
    own = {*own_objects(present, deployed), *ran}
    strangers = sorted(present.keys() - own)
    return CodeChanges(
        created=tuple(sorted(ran - set(before))),
        replaced=tuple(sorted((ran & set(before)) - dropped)),
        recreated=tuple(sorted(ran & dropped & set(before))),
        removed=tuple(sorted(set(before) - own)),
        grants_kept=tuple(sorted(grants_kept)),
        warnings=(
            *warnings,
            *(f"{key} is in schema rollforward but not of rollforward; left as it is" for key in strangers),
        ),
    )
