"""What each suite is about, in a sentence, for the report."""

from __future__ import annotations

SUBJECTS = {
    "client": "The batch beside the client that it replaces, which sends four statements for each account and"
    " date and commits each, also over a network with a round trip of 1 ms; beside the reference in the"
    " database; and beside the floor, which inserts the finished rows.",
    "batch": "One call for all accounts, nothing stored before, beside the floor: inserting the same finished"
    " rows, already computed, into the same indexed tables. From small to large: an exponent of 1 is in"
    " proportion.",
    "anatomy": "What the steps of a batch take, and what the executor takes for one value, of which a"
    " snapshot has some twenty: why the floor is not nearer.",
    "outside": "The same rows computed by polars and DuckDB, each on one thread, and copied back.",
    "fifo": "Matching closings with openings, first in first out: one giant position, many small ones, and a"
    " loop in PL/pgSQL over two cursors on the same trades.",
    "methods": "The other cost methods on the same trades, and how their time grows.",
    "lookup": "The latest snapshot of one key and of many.",
    "backdated": "A movement is written into the past; timed is bringing everything up to date again.",
    "valuation": "Daily equity: many days of all accounts at once, and one more day of all accounts.",
    "nightly": "Night after night: closes and some movements arrive, then a run with all its phases.",
    "repository": "Saving, loading, changing and deleting many rows, beside other ways to write them.",
    "coordinator": "Runs in steps beside bare calls, and a second worker.",
    "statement": "From the file of a statement to facts, beside inserting the finished rows.",
    "analytics": "What accounts hold, analysed as of a day, beside the same work in numpy.",
    "settings": "Settings of the server, one changed at a time: the same calls, by what they take as the"
    " benchmark is set.",
}
