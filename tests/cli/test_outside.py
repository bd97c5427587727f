"""What the screens see of the user's own treadmill: it comes first, its gate is known, and it is planned as it is."""

from dataclasses import replace

import pytest

from coach import places
from coach.cli.outside import Out
from coach.cli.stage import Choice as World
from coach.cli.stage import Stage
from coach.core.error import CoachError
from coach.core.machine import MILES, Range, Units
from coach.gate import gate, missing
from coach.keeper.wire import Device, Share
from coach.known import Known, KnownStrap, KnownUnits
from coach.machines import Store
from coach.people import People, Person
from coach.script.check import load
from coach.setup.screening import CONSENT_VERSION
from coach.tui.outside import NO_STRAP, Choice, Strap, Wanted
from tests.history.journals import BACK, put

THEN = "2026-11-01T08:00:00+00:00"
MILL = Known(
    "C0:00:00:00:00:01",
    "FS-1234",
    proved_at=THEN,
    tested_at=THEN,
    last_used_at=THEN,
    speeds=Range(0.8, 14.0, 0.1),
    found={"keeps_on_link_loss": False, "report_period_s": 0.5},
)
TWIN = replace(MILL, address="C0:00:00:00:00:02", last_used_at=None)
STRAP = KnownStrap("C0:00:00:00:00:03", "HRM-1", bound_at=THEN)
NONE = Strap(NO_STRAP, "no strap")


def outside(**choice: str) -> Out:
    return Out(World(**choice))  # type: ignore[arg-type]


def chosen(out: Out, workout: str = "70s@4 / back 60s@2 / 3min@3") -> Choice:
    found = load(workout).workout
    assert found is not None
    straps = [strap for strap in out.straps() if not strap.simulated] or [NONE]
    return Choice(Wanted(found), found, out.machines()[0], straps[0])


def test_without_a_treadmill_of_ones_own_the_simulated_one_comes_first() -> None:
    first = outside().machines()[0]
    assert (first.key, first.simulated) == ("sim:home", True)


def test_ones_own_treadmill_comes_first_and_the_simulated_ones_stay() -> None:
    Store().remember(MILL)
    first, *others = outside().machines()
    assert (first.key, first.name, first.simulated) == (MILL.address, "FS-1234", False)
    assert all(one.simulated for one in others)


def test_two_treadmills_of_one_name_are_two() -> None:
    Store().remember(MILL)
    Store().remember(TWIN)
    own = [one.key for one in outside().machines() if not one.simulated]
    assert own == [MILL.address, TWIN.address]
    assert outside(treadmill=TWIN.address).machines()[0].key == TWIN.address


def test_a_treadmill_that_was_not_proved_is_not_offered() -> None:
    Store().remember(replace(MILL, proved_at=None))
    assert all(one.simulated for one in outside().machines())


def test_a_session_on_it_is_planned_for_it_and_opened_on_it() -> None:
    Store().remember(replace(MILL, units=KnownUnits(MILES, MILES), speeds=Range(0.5, 8.0, 0.1)))
    Store().remember_strap(STRAP)
    out = outside()
    staged = out.prepare(chosen(out))
    assert staged.reasons == ()
    assert not staged.plan.profile.simulated
    assert staged.plan.units == Units(MILES, MILES)
    assert staged.plan.caps.speed_kmh == 2.0  # nobody has a history yet
    assert isinstance(staged.ticket, Stage)
    world = staged.ticket.world()
    assert (world.treadmill, world.strap) == (Device(MILL.address, MILL.name), Device(STRAP.address, STRAP.name))


def test_what_is_too_much_for_a_first_session_is_said_and_not_opened() -> None:
    Store().remember(MILL)
    out = outside()
    assert out.prepare(chosen(out, "70s@6 / back 60s@3 / 3min@3")).reasons


def test_the_gate_of_it_is_that_of_its_runner() -> None:
    Store().remember(MILL)
    out = outside()
    choice = chosen(out)
    plan = out.prepare(choice).plan
    names = [check.name for check in missing(gate(plan, out.facts(choice.machine)))]
    assert names == ["screening", "consent", "today", "alarm", "presses"]
    People().remember(Person("", born=1980, screened_at=THEN, consented_at=THEN, consent=CONSENT_VERSION))
    for _ in range(4):
        out.confirm(missing(gate(plan, out.facts(choice.machine)))[0], choice.machine)
    assert missing(gate(plan, out.facts(choice.machine))) == ()


def test_a_treadmill_on_the_air_that_is_simulated_has_no_gate() -> None:
    first = outside(treadmill="SIM-home").machines()[0]
    assert (first.key, first.simulated) == ("SIM-home", True)
    assert outside().facts(first).simulated


def test_what_a_presenter_sends_is_handed_on() -> None:
    People().remember(Person("", buttons={"1b5b31357e": "F5"}))
    assert outside().buttons() == ("\x1b[15~",)


def test_a_treadmill_that_nobody_knows_is_an_error_before_any_screen() -> None:
    with pytest.raises(CoachError, match="Sole"):
        outside(treadmill="Sole").machines()


def test_sessions_of_both_kinds_are_counted_and_those_on_real_belts_are_the_history() -> None:
    put(places.journals(simulated=False), 0, workout=BACK)
    put(places.journals(simulated=True), 1, simulated=True)
    out = outside()
    assert out.settings().sessions == 2
    (one,) = out.history().real
    assert (one.name, one.ended, round(one.backward_s)) == (BACK, "finished", 90)


def test_the_next_session_asks_for_alarm_and_presses_again_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Store().remember(MILL)
    monkeypatch.setattr("coach.cli.outside.kept", lambda *_: Begun())
    People().remember(Person("", born=1980, screened_at=THEN, consented_at=THEN, consent=CONSENT_VERSION))
    out = outside()
    choice = chosen(out)

    def left() -> list[str]:
        return [check.name for check in missing(gate(out.prepare(choice).plan, out.facts(choice.machine)))]

    for _ in range(4):
        plan = out.prepare(choice).plan
        out.confirm(missing(gate(plan, out.facts(choice.machine)))[0], choice.machine)
    assert left() == []
    _ = out.open(out.prepare(choice))
    assert left() == ["alarm", "presses"]


class Begun:
    """A keeper that was started."""

    client = None


def test_while_a_session_is_kept_nothing_takes_the_address_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    class Keeper:
        ended = False

        def wait(self, timeout_s: float) -> bool:
            assert timeout_s == 0
            return self.ended

    class Begun:
        client = Keeper()

    Store().remember(MILL)
    places.config_file().parent.mkdir(parents=True, exist_ok=True)
    places.config_file().write_text("[runner.ann]\nhears = false\n", encoding="utf-8")
    begun: list[Share] = []

    def begin(share: Share) -> Unseen:
        begun.append(share)
        return Unseen()

    monkeypatch.setattr("coach.cli.sight.Rehearsal", begin)
    monkeypatch.setattr("coach.cli.outside.kept", lambda *_: Begun())
    share = Share("127.0.0.1", "secret", 8000)
    out = Out(World(share=share))
    choice = chosen(out)
    _ = out.open(out.prepare(choice))
    assert not out.facts(choice.machine).watched  # as the Ready screen asks at each drawing
    assert begun == []
    Keeper.ended = True
    assert not out.facts(choice.machine).watched
    assert begun == [share]


class Unseen:
    """A page that no screen shows."""

    watching = 0
