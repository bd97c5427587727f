"""Where the files of the user are and how they are called; asked for before anything heavy is imported."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path, user_config_path, user_data_path, user_log_path

APP: Final = "coach"
TITLE_BYTES: Final = 60  # of a workout's title in the name of a file; systems take 255 in all
PREFIX: Final = "COACH_"  # of every variable of the environment that sets something
FILE_VARIABLE: Final = "COACH_CONFIG"
HOME_VARIABLE: Final = "COACH_HOME"  # one folder for everything: settings, sessions, logs, sounds
NO_SETTINGS: Final = frozenset({FILE_VARIABLE, HOME_VARIABLE, "COACH_TRUTH", "COACH_PLAYER"})


def config_file() -> Path:
    """The settings of this user, or the file that COACH_CONFIG names."""
    named = os.environ.get(FILE_VARIABLE)
    return Path(named).expanduser() if named else _folder("config", user_config_path) / "config.toml"


def configured() -> bool:
    """There is something to read: a file, or a variable."""
    names = (name.upper() for name in os.environ)
    return any(name.startswith(PREFIX) and name not in NO_SETTINGS for name in names) or config_file().exists()


def journals(*, simulated: bool) -> Path:
    """The folder of recorded sessions; simulated ones are kept apart and never count."""
    folder = _folder("data", user_data_path) / "journals"
    return folder / "simulated" if simulated else folder


def named_for(title: str) -> str:
    """A title as a part of the name of a file: its words, small, with hyphens between them."""
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-_")
    return words.encode(errors="ignore")[:TITLE_BYTES].decode(errors="ignore") or "session"


def index() -> Path:
    """What the history knows of the recorded sessions; it is made again from them where it is missing."""
    return _folder("data", user_data_path) / "history.sqlite3"


def locks() -> Path:
    """The folder in which a process says that it drives a treadmill."""
    return _folder("data", user_data_path) / "locks"


def choices() -> Path:
    """What was chosen on the screens; the user's own settings are never written."""
    return _folder("data", user_data_path) / "choices.json"


def machines() -> Path:
    """What this user knows of his own treadmills and straps (coach/machines.py)."""
    return _folder("data", user_data_path) / "machines.json"


def logs() -> Path:
    """The folder of the log files."""
    return _folder("log", user_log_path)


def sounds() -> Path:
    """The folder of phrases that were spoken into files once."""
    return _folder("cache", user_cache_path) / "sounds"


def _folder(kind: str, usual: Callable[..., Path]) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() / kind if home else usual(APP, appauthor=False)
