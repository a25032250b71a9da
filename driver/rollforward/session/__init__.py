"""A session: Python names for the database's functions.

Most methods are one call of a function of the same name. Nothing is computed here.
"""

from __future__ import annotations

from typing import Any

import psycopg

from rollforward.connection import open_connection
from rollforward.session.analytics import Analytics
from rollforward.session.figures import Figures
from rollforward.session.repository import Repository
from rollforward.session.statements import Statements


def connect(dsn_or_connection: str | psycopg.Connection[Any]) -> Session:
    """Open a session.

    With a DSN the session has a connection of its own, each call is a transaction, and the session is to be
    closed (``with`` does). With a connection every call runs inside the caller's transaction, and committing
    is the caller's business.
    """
    if isinstance(dsn_or_connection, str):
        return Session(open_connection(dsn_or_connection, autocommit=True), dsn=dsn_or_connection)
    return Session(dsn_or_connection)


class Session(Analytics, Repository, Statements, Figures):
    """The functions of schema ``rollforward``, called through one connection.

    Errors of the database are raised as ``RollforwardError`` with their SQLSTATE, detail and hint.
    """
