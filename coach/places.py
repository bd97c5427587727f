"""Where the files of the user are; asked for before anything heavy is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from platformdirs import user_config_path, user_data_path

APP: Final = "coach"
PREFIX: Final = "COACH_"  # of every variable of the environment that sets something
FILE_VARIABLE: Final = "COACH_CONFIG"


def config_file() -> Path:
    """The settings of this user, or the file that COACH_CONFIG names."""
    named = os.environ.get(FILE_VARIABLE)
    return Path(named).expanduser() if named else user_config_path(APP, appauthor=False) / "config.toml"


def configured() -> bool:
    """There is something to read: a file, or a variable."""
    return any(name.upper().startswith(PREFIX) for name in os.environ) or config_file().exists()


def journals(*, simulated: bool) -> Path:
    """The folder of recorded sessions; simulated ones are kept apart and never count."""
    folder = user_data_path(APP, appauthor=False) / "journals"
    return folder / "simulated" if simulated else folder
