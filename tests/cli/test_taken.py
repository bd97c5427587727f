"""What --treadmill and --heart come to: `auto` is a proved machine, never the simulator; a real belt is no toy."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from coach.cli.app import RefusedError
from coach.cli.stage import Choice, allowance_on, named, staged
from coach.cli.taken import Worn, take, wear
from coach.core.error import CoachError, MachineError
from coach.core.event import Heard, Returned
from coach.core.ftms import TREADMILL_DATA
from coach.core.level import FIRST, UNLIMITED, caps
from coach.core.machine import MILES, Range
from coach.core.plan import make_plan
from coach.core.workout import Facing, Level
from coach.keeper.wire import Device
from coach.known import Known, KnownStrap, KnownUnits
from coach.link.machine_file import Report, find_machine
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.world import World
from coach.machines import Store
from coach.people import People, Person
from coach.script.check import load

OLD, NEW = "2026-11-01T08:00:00+00:00", "2026-11-20T08:00:00+00:00"
MILL = Known("C0:00:00:00:00:01", "FS-1234", proved_at=OLD, last_used_at=OLD, speeds=Range(0.8, 14.0, 0.1))
GYM = Known("C0:00:00:00:00:02", "Gym 7", proved_at=OLD, last_used_at=NEW)
BACKWARD = "5min@4 / back 1min@1.5 / 4min@4"
STRAP = KnownStrap("C0:00:00:00:00:03", "H10 12345678", bound_at=OLD)


def remember(*machines: Known) -> None:
    for one in machines:
        Store().remember(one)


def test_the_usual_treadmill_is_simulated_until_one_was_proved() -> None:
    assert take("").key == "sim:home"
    remember(replace(MILL, proved_at=None))
    assert take("").simulated
    remember(MILL)
    assert take("").device == Device(MILL.address, MILL.name)


def test_auto_is_the_proved_one_that_was_used_last() -> None:
    remember(MILL, GYM)
    assert take("auto").name == "Gym 7"
    assert not take("auto").simulated


def test_auto_is_never_a_simulated_one_on_the_air() -> None:
    remember(Known("C0:00:00:00:00:09", "SIM-home", proved_at=NEW, last_used_at=NEW, simulated=True))
    with pytest.raises(MachineError, match="coach setup"):
        take("auto")


def test_a_machine_that_was_not_proved_is_not_driven() -> None:
    remember(replace(MILL, proved_at=None))
    with pytest.raises(MachineError, match="not proved yet"):
        take("FS-1234")


def test_a_part_of_the_name_is_enough_where_there_is_one() -> None:
    remember(MILL, GYM)
    assert take("gym").name == "Gym 7"


def test_a_simulated_one_on_the_air_is_the_machine_of_its_name() -> None:
    taken = take("SIM-link-loss-keeps")
    assert taken.simulated
    assert taken.device == Device(name="SIM-link-loss-keeps")


@pytest.mark.parametrize(
    "choice",
    [
        Choice("FS-1234", auto=True),
        Choice("FS-1234", timelapse=2.0),
        Choice("FS-1234", faults=["drop@20"]),
        Choice("auto", presses=["space@20"]),
    ],
    ids=["auto", "timelapse", "fault", "press"],
)
def test_nothing_is_played_on_a_real_belt(choice: Choice) -> None:
    remember(MILL)
    with pytest.raises(typer.BadParameter, match="a real belt has no"):
        choice.taken()


def test_what_is_played_is_played_on_the_simulator_though_there_is_a_treadmill() -> None:
    remember(MILL)
    assert Choice(auto=True).taken().simulated


@pytest.mark.parametrize("heart", ["sim", "150", "curve.csv", "SIM-strap"])
def test_a_real_belt_has_no_simulated_heart(heart: str) -> None:
    remember(MILL)
    with pytest.raises(MachineError, match="a real strap or none"):
        wear(heart, take("auto"))


def test_the_usual_strap_of_a_real_belt_is_the_bound_one_or_none() -> None:
    remember(MILL)
    assert wear("", take("auto")) == Worn()
    Store().remember_strap(STRAP)
    assert wear("", take("auto")) == Worn(device=Device(STRAP.address, STRAP.name))
    assert not wear("none", take("auto")).on
    with pytest.raises(CoachError, match="Polar"):
        wear("Polar", take("auto"))


def test_a_simulated_strap_that_was_bound_once_is_passed_over_on_a_real_belt() -> None:
    remember(MILL)
    Store().remember_strap(KnownStrap("C0:00:00:00:00:04", "SIM-strap", bound_at=OLD, last_used_at=NEW))
    assert wear("", take("auto")) == Worn()
    with pytest.raises(MachineError, match="a real strap or none"):
        wear("strap", take("auto"))
    Store().remember_strap(STRAP)
    assert wear("", take("auto")) == Worn(device=Device(STRAP.address, STRAP.name))


def test_the_usual_strap_of_a_simulated_belt_is_simulated_and_one_on_the_air_is_asked_for_by_name() -> None:
    assert wear("", take("sim")) == Worn("sim")
    assert wear("SIM-strap", take("SIM-home")).device == Device(name="SIM-strap")
    with pytest.raises(MachineError, match="a treadmill on the air"):
        wear("SIM-strap", take("sim"))


def test_on_a_real_belt_every_runner_begins_at_the_beginning() -> None:
    remember(MILL)
    assert caps(Level.BEGINNER, allowance_on(take("auto"))) == caps(Level.BEGINNER, FIRST)
    assert allowance_on(take("sim")) is UNLIMITED
    stage = staged("2min@5", Choice("auto"), level=None, sets=None, runner=None)
    assert (stage.plan.profile.simulated, stage.plan.profile.known) == (False, False)
    assert stage.world().treadmill == Device(MILL.address, MILL.name)


def test_what_is_known_and_cannot_be_read_is_said_and_is_not_the_simulator() -> None:
    remember(MILL)
    Store().path.write_text("{", encoding="utf-8")
    with pytest.raises(MachineError, match="coach setup"):
        take("")


@pytest.mark.parametrize(("balance_s", "level"), [(None, Level.BEGINNER), (5.5, Level.BEGINNER), (5.6, Level.REHAB)])
def test_who_is_unsteady_on_his_feet_has_the_rehab_level_only(balance_s: float | None, level: Level) -> None:
    remember(MILL)
    People().remember(Person("", balance_s=balance_s))
    allowance = allowance_on(take("auto"))
    assert allowance.level is level
    assert caps(level, allowance) == caps(level, FIRST)
    assert allowance_on(take("sim")) is UNLIMITED


def test_what_a_balance_allows_refuses_the_workout_and_says_what_runs() -> None:
    remember(MILL)
    People().remember(Person("", balance_s=6.0))
    with pytest.raises(RefusedError, match=r"(?s)level beginner.*--forward-only"):
        staged(BACKWARD, Choice("auto"), level=None, sets=None, runner=None)
    stage = staged(BACKWARD, Choice("auto"), level=None, sets=None, runner=None, forward=True)
    assert not stage.plan.backward


def test_another_runner_has_a_balance_of_his_own(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\nbirth_year = 1980\n\n[runner.ben]\nbirth_year = 1990\n")
    remember(MILL)
    People().remember(Person("anna", balance_s=6.0))
    anna, ben = (
        staged(BACKWARD, Choice("auto"), level=None, sets=None, runner=name, admit=True) for name in ("anna", "ben")
    )
    assert (anna.allowance.level, ben.allowance.level) == (Level.REHAB, Level.BEGINNER)


@pytest.mark.parametrize(
    ("text", "asked", "name"),
    [
        ("", None, ""),
        ("", "anna", "anna"),
        ("[runner.anna]\n", None, "anna"),
        ("[runner.anna]\n", "", "anna"),
        ("[runner.anna]\n\n[runner.ben]\n", "ben", "ben"),
    ],
)
def test_a_runner_is_known_by_the_only_name_of_the_settings(
    settings: Callable[[str], Path], text: str, asked: str | None, name: str
) -> None:
    if text:
        settings(text)
    assert named(asked) == name


class NoDistance(VirtualTreadmill):
    """Tells no distance, so that asked, reported and run agree in either unit."""

    def run_until(self, at_s: float) -> list[Heard | Returned]:
        return [self._cut(told) if isinstance(told, Heard) else told for told in super().run_until(at_s)]

    @staticmethod
    def _cut(told: Heard) -> Heard:
        value, flags = told.value, int.from_bytes(told.value[:2], "little")
        if told.uuid != TREADMILL_DATA or flags & 3 or not flags & 4:
            return told
        return replace(told, value=(flags & ~4).to_bytes(2, "little") + value[2:4] + value[7:])


def test_a_unit_that_was_answered_is_the_unit_of_the_session() -> None:
    """Miles that echo the target and tell no distance cannot be found out on the belt: only the answer tells."""
    machine = replace(find_machine("mph-both"), report=Report.TARGET)
    found: dict[str, float | bool | str] = {"reported": "target", "keeps_on_link_loss": False, "report_period_s": 0.5}
    units = KnownUnits(MILES, MILES, answered=True)
    remember(replace(MILL, tested_at=OLD, found=found, speeds=Range(0.5, 10.0, 0.1), units=units))
    taken = take("FS-1234")
    back = load("70s@4 / back 60s@2 / 3min@3").workout
    assert back is not None
    plan = make_plan(back, taken.profile, units=taken.units, strap=False)
    world = World(plan, NoDistance(machine), None, VirtualRunner())
    rear = [step.true_kmh for step in world.run_until(3600) if step.session.progress.facing is not Facing.FORWARD]
    assert world.session.progress.ended == "finished"
    assert max(rear) <= 2.0 + 0.1
