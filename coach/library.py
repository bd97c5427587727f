"""The workouts there are: those that come with coach, and the files of a folder of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coach.script.check import Loaded, load
from coach.script.find import shipped, workouts_in
from coach.shelf import Listing, Source


@dataclass(frozen=True, slots=True)
class Library:
    """Shipped workouts and an own folder; `params` are the runner's own values."""

    folder: Path | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def listing(self) -> Listing:
        """What there is now; a folder that is missing or cannot be read is told. Never raises."""
        own, told = _own(self.folder)
        return Listing((*own, *(Source(name, name) for name in shipped())), told)

    def read(self, source: Source) -> Loaded:
        """A workout, read again. Never raises."""
        return load(source.key, runner_params=self.params)


def _own(folder: Path | None) -> tuple[tuple[Source, ...], str]:
    if folder is None:
        return (), ""
    try:
        found = workouts_in(folder)
    except FileNotFoundError:
        return (), f"Your folder {folder} is not there."
    except OSError as error:
        return (), f"Your folder {folder} cannot be read: {(error.strerror or str(error)).lower()}."
    return tuple(Source(str(path), path.stem, own=True, stamp=_stamp(path)) for path in found), ""


def _stamp(path: Path) -> tuple[int, int]:
    """When it was written and how long it is; a file that went away in between has none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
