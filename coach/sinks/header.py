"""The header of a journal: all that a session was run by, plan and origin, as its first line, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from platform import python_version
from typing import TYPE_CHECKING, Final

from coach.core.level import Allowance
from coach.core.plan import Plan
from coach.sinks.canonical import plain
from coach.sinks.line import JournalError, Json, mapping_of, text_in, whole_in

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT: Final = 1  # of the lines; a reader refuses others


@dataclass(frozen=True, slots=True)
class Origin:
    """What a header tells beside the plan."""

    script: str  # the text of the workout's file, or the shorthand
    sha256: str  # of its bytes
    allowance: Allowance
    simulated: bool
    version: str  # of coach
    started: str = ""  # wall clock, ISO 8601; left out where the clock is virtual
    who: str = ""  # the name of the runner; nothing where he has none
    pain_before: int | None = None  # 0 to 10, as he said before the session; None: he did not


def header(plan: Plan, origin: Origin) -> dict[str, Json]:
    """The first line as an object."""
    told: dict[str, Json] = {
        "journal": FORMAT,
        "versions": {"coach": origin.version, "python": python_version()},
        "simulated": origin.simulated,
        "script": origin.script,
        "sha256": origin.sha256,
        "allowance": plain(origin.allowance),
    }
    if origin.started:
        told["started"] = origin.started
    if origin.who:
        told["who"] = origin.who
    if origin.pain_before is not None:
        told["said"] = {"pain_before": origin.pain_before}
    return told | _header_of(plan)


def read_header(line: Mapping[str, object]) -> tuple[Plan, Origin]:
    """What a session is run by, from its first line.

    Raises:
        JournalError: it is none.
    """
    try:
        return _plan_of(line), _origin_of(line)
    except (ValueError, KeyError) as error:
        raise JournalError("is not a journal: the header cannot be read") from error


def said_before(head: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """What the runner said before the session, as its header has it: in the form of what is said later."""
    said = head.get("said")
    return (said,) if isinstance(said, dict) else ()


def _header_of(plan: Plan) -> dict[str, Json]:
    told = plain(plan)
    assert isinstance(told, dict)
    return {"machine" if name == "profile" else name: value for name, value in told.items()}


def _plan_of(line: Mapping[str, object]) -> Plan:
    if line.get("journal", FORMAT) != FORMAT:
        raise JournalError(f"journals of format {line.get('journal')} are not read by this version")
    return _plans().validate_python({**line, "profile": mapping_of(line["machine"])})


def _origin_of(line: Mapping[str, object]) -> Origin:
    versions = mapping_of(line["versions"])
    return Origin(
        script=text_in(line, "script"),
        sha256=text_in(line, "sha256"),
        allowance=_allowances().validate_python(line["allowance"]),
        simulated=line["simulated"] is True,
        version=text_in(versions, "coach"),
        started=text_in(line, "started") if "started" in line else "",
        who=text_in(line, "who") if "who" in line else "",
        pain_before=whole_in(line["said"], "pain_before") if "said" in line else None,
    )


@cache
def _plans() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


@cache
def _allowances() -> TypeAdapter[Allowance]:
    from pydantic import TypeAdapter

    return TypeAdapter(Allowance)
