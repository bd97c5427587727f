"""The tables of the index, and the version by which an index that was made by other tables is known."""

from __future__ import annotations

from typing import Final

from coach.history.summary import SCHEMA

VERSION: Final = 1 * 1000 + SCHEMA  # of the tables, and of the summaries that they were filled from
KIND: Final = 0x636F6163  # "coac": what says in the file that it is this program's
TABLES: Final = (
    """CREATE TABLE file (
        name TEXT PRIMARY KEY,  -- below the folder of the journals
        size INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        trouble TEXT NOT NULL DEFAULT ''  -- why nothing else is known of it
    ) WITHOUT ROWID""",
    """CREATE TABLE session (
        name TEXT PRIMARY KEY REFERENCES file ON DELETE CASCADE,
        mark TEXT NOT NULL,  -- of the session; equal in every copy of its journal
        dated INTEGER NOT NULL,
        twin TEXT NOT NULL DEFAULT '',  -- the file of the same session that is listed instead
        id TEXT NOT NULL, who TEXT NOT NULL,
        at TEXT NOT NULL,  -- with the zone in which it was
        at_s REAL NOT NULL,  -- the same instant, to sort by
        day TEXT NOT NULL,  -- there
        simulated INTEGER NOT NULL, workout TEXT NOT NULL, sha256 TEXT NOT NULL, level TEXT NOT NULL,
        machine TEXT NOT NULL, ended TEXT NOT NULL, reason TEXT NOT NULL, elapsed_s REAL NOT NULL,
        distance_m REAL NOT NULL, forward_s REAL NOT NULL, backward_s REAL NOT NULL, backward_m REAL NOT NULL,
        gross_kcal REAL NOT NULL, mean_bpm REAL, turns INTEGER NOT NULL, confirmed INTEGER NOT NULL,
        alarmed INTEGER NOT NULL, key_rear INTEGER NOT NULL, open INTEGER NOT NULL, deleted INTEGER NOT NULL,
        rating TEXT NOT NULL, held TEXT NOT NULL  -- JSON
    ) WITHOUT ROWID""",
    "CREATE INDEX session_at ON session (at_s)",
    "CREATE INDEX session_mark ON session (mark)",
    """CREATE TABLE seen (
        name TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        block INTEGER NOT NULL, to_s REAL NOT NULL, speed_kmh REAL NOT NULL, incline_pct REAL NOT NULL,
        bpm REAL NOT NULL, heart_s REAL NOT NULL
    )""",
    "CREATE INDEX seen_name ON seen (name)",
)
# A copy of a journal is not another session: of several the one that tells of a fall counts, then one that was not
# deleted, then the one of which most was said, for a copy may be older than what was said; then the first by name.
_RANK: Final = """{0}.rating NOT LIKE '%"fell": true%', {0}.deleted, -length({0}.rating), {0}.name"""
TWINS: Final = f"""UPDATE session SET twin = coalesce((
        SELECT other.name FROM session AS other
        WHERE other.mark = :mark AND ({_RANK.format("other")}) < ({_RANK.format("session")})
        ORDER BY {_RANK.format("other")} LIMIT 1
    ), '') WHERE mark = :mark AND dated AND (twin <> '' OR 1 < (SELECT count(*) FROM session WHERE mark = :mark))"""
