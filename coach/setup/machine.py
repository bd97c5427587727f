"""The steps that belong to a strap and a treadmill: choosing, proving, testing. What was done is kept by the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from coach.core.machine import Reported
from coach.link.sighting import Sighting
from coach.setup.air import Air, Reading, told, wrong_kind
from coach.setup.ask import Asker
from coach.setup.bench import Bench, Hand
from coach.setup.findings import Findings, findings
from coach.setup.proof import Proof, again, begin, step
from coach.setup.trial import trial

Chosen: TypeAlias = tuple[Sighting, Reading]

MOST_PASSES: Final = 2  # of the machine test: the second knows what the first found out


def choose_strap(asker: Asker, air: Air) -> Chosen | None:
    """A strap that was shown with its reading and chosen; None: none is worn.

    Raises:
        LeftError: left at a question.
        LinkError: there is no radio.
    """
    asker.say("Put the strap on and moisten it: it sends only on the skin.")
    return _choose(asker, air.straps, air.beat, "strap")


def choose_treadmill(asker: Asker, air: Air) -> Chosen | None:
    """A treadmill that was shown with its reading and accepted; None: none of them.

    Raises:
        LeftError: left at a question.
        LinkError: there is no radio.
    """
    asker.say("Switch the treadmill on, and end the apps that may hold it: it speaks to one at a time.")
    return _choose(asker, air.treadmills, air.pace, "treadmill")


def _choose(
    asker: Asker, scan: Callable[[], Sequence[Sighting]], read: Callable[[Sighting], Reading], what: str
) -> Chosen | None:
    while True:
        asker.say("Looking around ...")
        seen = scan()
        for other in seen:
            if wrong_kind(other):
                asker.say(f"{told(other)}: {wrong_kind(other)}.")
        found = [one for one in seen if not wrong_kind(one)]
        if not found:
            asker.say(f"No {what} was found.")
        place = asker.choose(f"Which {what} is yours?", [*(told(one) for one in found), "look again", "none"])
        if place > len(found):
            return None
        if place < len(found):
            reading = read(found[place])
            asker.say(f"{told(found[place])}: {reading.words}")
            if reading.good and asker.yes(f"Is this your {what}?"):
                return found[place], reading


def prove(asker: Asker, bench: Bench) -> Proof | None:
    """Keys of the console, asked for and seen; None where the person gave up.

    Raises:
        LeftError: left at a question.
        LinkError: the treadmill cannot be listened to.
    """
    asker.say("Stand on both rails of the treadmill, the clip on. coach asks for keys of its console, and only reads.")
    asker.text("Enter when you stand there.")
    state = begin(bench.profile)
    with bench.listen(lambda: state.wanted) as events:
        while True:
            for event in events:
                state, said = step(state, event)
                if said:
                    asker.say(said)
                if state.over:
                    break
            if state.proved or not asker.yes("Try again?"):
                return state if state.proved else None
            state = again(state)


def test(asker: Asker, bench: Bench, hand: Hand, start_kmh: float | None, *, silent: bool) -> Findings | None:
    """The machine test, in one pass or two; None where the person does not want it now.

    Args:
        asker: who is asked.
        bench: the treadmill.
        hand: who says yes to each start.
        start_kmh: where the console's own Start went, as the proof saw it.
        silent: the proof found that the machine says nothing while it stands.

    Raises:
        LeftError: left at a question.
        LinkError: the treadmill is out of reach.
    """
    for line in BEFORE:
        asker.say(line)
    if not asker.yes("Is nobody on the belt, and the key in your hand?"):
        asker.say("Then not now.")
        return None
    profile = replace(bench.profile, silent_when_stopped=silent or bench.profile.silent_when_stopped)
    found: Findings | None = None
    for _ in range(MOST_PASSES):
        tried = trial(profile, found)
        found = findings(tried.plan, bench.run(tried, hand), start_kmh)
        if not found.again or not asker.yes(f"{found.again} Once more, with that in mind?"):
            break
    return found


def summary(found: Findings) -> Iterator[str]:
    """What a machine test found out, a line each; what was not measured is called that."""
    for title, value in (
        ("starts when coach asks", _flag(found.remote_start, "yes", "no, it wants its own key")),
        ("from Start to motion", _number(found.start_delay_s, "s")),
        ("starts at", _number(found.start_kmh, "km/h")),
        ("takes speeds", _flag(found.speed_control, "yes", "no")),
        ("gets faster by", _number(found.accel_kmh_s, "km/h a second")),
        ("gets slower by", _number(found.decel_kmh_s, "km/h a second")),
        ("obeys Stop", _flag(found.stop_works, "yes", "NO")),
        ("stops from 3 km/h in", _number(found.stop_s, "s")),
        ("counters after Stop", _flag(found.stop_resets, "begin again", "go on")),
        ("when the link is lost", _flag(found.keeps_on_link_loss, "THE BELT KEEPS GOING", "the belt stops")),
        ("tells of its key", _flag(found.key_status, "yes", "no")),
        ("tells of its console", _flag(found.console_status, "yes", "no")),
        ("reports every", _number(found.report_period_s, "s")),
        ("reports", "not measured" if found.reported is None else _REPORTS[found.reported]),
        ("speaks in miles", found.miles or "no"),
    ):
        yield f"  {title:<24}{value}"
    yield found.backward or "Nothing here is against backward running on it."


BEFORE: Final = (
    "The machine test runs the belt with NOBODY ON IT, up to 3 km/h.",
    "Stand beside the treadmill, the safety key in your hand: pulling it stops everything.",
    "You say yes to each start. coach changes the speed, stops once, lets go of the connection for 20 s,",
    "then asks you to press + on the console, and last to pull the key. Space stops the belt at any time.",
)
_REPORTS: Final = {
    Reported.ACTUAL: "what the belt does",
    Reported.TARGET: "what it was asked, not what the belt does: backward needs its unit answered first",
}


def _flag(value: bool | None, yes: str, no: str) -> str:
    return "not measured" if value is None else yes if value else no


def _number(value: float | None, unit: str) -> str:
    return "not measured" if value is None else f"{value:g} {unit}"
