"""Logging to a file of the user: standard output and error are the wire of one process and the screen of the other."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Final

from coach.places import logs

LOG_BYTES: Final = 1_000_000  # some weeks of sessions
KEPT: Final = 2  # older files


def beside(name: str) -> IO[str]:
    """A file beside the logs, to be written behind what it has; where that cannot be, one that takes all."""
    try:
        logs().mkdir(parents=True, exist_ok=True)
        return (logs() / name).open("a", encoding="utf-8")
    except OSError:
        return Path(os.devnull).open("a", encoding="utf-8")


def to_file(name: str) -> None:
    """Log to NAME.log; where that cannot be written, nowhere."""
    handler: logging.Handler = logging.NullHandler()
    try:
        logs().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(logs() / f"{name}.log", maxBytes=LOG_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError:
        pass
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(process)d %(name)s %(levelname)s %(message)s"
    )
    logging.getLogger("wakepy").setLevel(logging.WARNING)
