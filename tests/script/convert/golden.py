"""Files written by hand, and beside each what coach makes of it: the YAML, and what it tells."""

import os
from pathlib import Path

from coach.script.check import Loaded, check_text
from coach.script.convert.format import format_of, read
from coach.script.convert.loss import Losses
from coach.script.convert.pace import Paces, Race
from coach.script.write import write

HERE = Path(__file__).parent
RENEW = os.environ.get("RENEW_GOLDENS") == "1"  # write them again; read every line of the difference
KNOWN = Paces(
    threshold_kmh=3600 / 280,
    race_kmh={
        Race.MILE: 3600 / 230,
        Race.FIVE_K: 3600 / 260,
        Race.TEN_K: 3600 / 270,
        Race.HALF: 3600 / 285,
        Race.MARATHON: 3600 / 300,
    },
    within_kmh=(6.0, 9.0),
    easy_kmh=8.0,
)


def files(folder: str, suffix: str) -> list[str]:
    """The names of the files of a folder."""
    return sorted(path.stem for path in (HERE / folder).glob(f"*{suffix}"))


def told(losses: Losses) -> list[str]:
    """A line for each loss."""
    return [f"{one.kind}: {one.what}" + f" {list(one.where)}" * bool(one.where) for one in losses.all()]


def compared(path: Path, paces: Paces = KNOWN) -> tuple[tuple[str, str], tuple[str, str], Loaded]:
    """The YAML as it is and as it must be, the losses likewise, and what check says of it."""
    losses = Losses()
    raw = path.read_bytes()
    kind = format_of(raw, path.name)
    assert kind is not None
    text = write(read(kind, raw, paces, losses, name=path.stem))
    lines = "".join(f"{line}\n" for line in told(losses))
    yaml, report = path.with_suffix(".yaml"), path.with_suffix(".told")
    if RENEW:
        yaml.write_text(text, encoding="utf-8")
        report.write_text(lines, encoding="utf-8")
    wanted = yaml.read_text(encoding="utf-8"), report.read_text(encoding="utf-8")
    return (text, wanted[0]), (lines, wanted[1]), check_text(text)
