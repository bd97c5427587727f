"""A whole session over real ATT and GATT bytes in one process: keeper, radio, and a simulated treadmill on the air."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic

import pytest

from coach.air.treadmill import ServedTreadmill
from coach.core.event import Event, Heard, LinkFound, LinkLost
from coach.core.ftms import SPEED_RANGE, Op
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.workout import Facing
from coach.keeper.run import Fittings, Inbox, Keeper, Stir
from coach.keeper.wire import FromKeeper
from coach.keeper.wire import from_keeper as read
from coach.link.machine_file import find_machine
from coach.link.onair import AirStrap, AirTreadmill
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sighting import Sighting
from coach.link.world import Step, World
from coach.script.check import load
from tests.lab.rig import PATIENCE_S, QUICK, Rig

PACE = 20.0
pytestmark = pytest.mark.slow
WALK = "70s@4"
BACK = "70s@4 / back 60s@2 / 3min@3"


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


@dataclass
class Watched(World):
    """A world that keeps its steps."""

    steps: list[Step] = field(default_factory=list)

    def run_until(self, until_s: float) -> Iterator[Step]:
        for step in super().run_until(until_s):
            self.steps.append(step)
            yield step

    @property
    def events(self) -> list[Event]:
        return [step.event for step in self.steps]


class Held:
    """A keeper whose belt and strap are on the air."""

    def __init__(
        self, rig: Rig, mill: ServedTreadmill, workout: str, *, strap: str = "", simulated: bool = True
    ) -> None:
        found = load(workout).workout
        assert found is not None
        machine = mill.treadmill.machine
        profile = profile_of(machine) if simulated else MachineProfile(name=machine.name)
        self.inbox: Inbox = SimpleQueue()
        self.told: list[FromKeeper] = []
        target = Sighting(mill.face.address, mill.face.name)
        self.air = AirTreadmill(rig.radio, target, QUICK, simulated=simulated, wake=self._wake)
        self.strap = AirStrap(rig.radio, Sighting(strap), simulated=simulated, wake=self._wake) if strap else None
        self.world = Watched(make_plan(found, profile, strap=bool(strap)), self.air, self.strap, VirtualRunner())
        self.keeper = Keeper(
            Fittings(
                self.world,
                self.inbox,
                lambda line, _: self.told.append(read(line)),
                None,
                lambda: True,
                None,
                None,
                lambda: False,
                timelapse=PACE,
                lapse_turns=True,
                trouble=lambda: self.air.trouble,
                refusal=lambda: self.air.refusal,
                sleeper=lambda: 0.0,
            )
        )
        self.air.timed(self.keeper.session_s)
        if self.strap is not None:
            self.strap.timed(self.keeper.session_s)

    def run(self, limit_s: float = 4 * PATIENCE_S) -> None:
        """Until it is over."""
        until_s = monotonic() + limit_s
        while not self.keeper.over():
            assert monotonic() < until_s, self.world.session.progress
            self.keeper.turn()

    def close(self) -> None:
        self.air.close(PATIENCE_S)
        if self.strap is not None:
            self.strap.close(PATIENCE_S)

    def _wake(self) -> None:
        self.inbox.put(Stir())


def serve(rig: Rig, machine: str = "home", **more: float) -> ServedTreadmill:
    """A simulated treadmill on the air, in time-lapse."""
    return rig.run(rig.lab.treadmill(machine, pace=PACE, **more))  # type: ignore[arg-type]


def test_a_session_with_a_backward_block_runs_to_its_end_over_the_air(rig: Rig) -> None:
    mill = serve(rig)
    strap = rig.run(rig.lab.strap("sim", mill))
    held = Held(rig, mill, BACK, strap=strap.face.address)
    held.run()
    held.close()
    assert held.world.session.progress.ended == "finished"
    assert mill.look().speed_kmh == 0
    assert [write.value[0] for write in mill.writes].count(Op.START) == 3
    rear = [step.true_kmh for step in held.world.steps if step.session.progress.facing is Facing.BACKWARD]
    assert 1.9 <= max(rear) <= 2.05
    heard = {event.uuid for event in held.world.events if isinstance(event, Heard)}
    assert {SPEED_RANGE, HEART_RATE_MEASUREMENT} <= heard


def test_instants_never_go_back_and_the_link_is_found_before_anything_is_heard(rig: Rig) -> None:
    held = Held(rig, serve(rig), WALK)
    held.run()
    held.close()
    events = held.world.events
    instants = [event.at_s for event in events]
    assert instants == sorted(instants)
    first = next(place for place, event in enumerate(events) if isinstance(event, Heard))
    assert any(isinstance(event, LinkFound) for event in events[:first])


def test_a_link_that_is_lost_while_running_comes_back_and_the_session_goes_on(rig: Rig) -> None:
    mill = serve(rig, "link-loss-keeps")
    held = Held(rig, mill, WALK)
    while held.world.session.progress.run_at_s == float("inf") or held.world.session.progress.clock_s > 0:
        held.keeper.turn()
    rig.do(lambda: rig.lab.link_loss(mill))
    held.run()
    held.close()
    kinds = [type(event) for event in held.world.events if isinstance(event, LinkFound | LinkLost)]
    assert kinds[:3] == [LinkFound, LinkLost, LinkFound]
    assert mill.look().speed_kmh == 0


def test_a_simulated_machine_is_not_driven_as_a_real_one(rig: Rig) -> None:
    mill = serve(rig)
    held = Held(rig, mill, WALK, simulated=False)
    held.run()
    held.close()
    assert "simulated" in held.air.refusal
    assert mill.writes == []


def test_a_real_machine_is_not_driven_as_a_simulated_one(rig: Rig) -> None:
    one = rig.peripheral()
    found = load(WALK).workout
    assert found is not None
    told: SimpleQueue[None] = SimpleQueue()
    target = Sighting(one.shape.address, "SIM-home")
    air = AirTreadmill(rig.radio, target, QUICK, simulated=True, wake=lambda: told.put(None))
    world = World(make_plan(found, profile_of(find_machine("home"))), air, None, VirtualRunner())
    at_s = 0.0
    while not air.refusal:
        for _ in world.run_until(at_s):
            pass
        told.get(timeout=PATIENCE_S)
        at_s += 0.01
        air.run_until(at_s)
    air.close(PATIENCE_S)
    assert "is none" in air.refusal
    assert not world.session.belt.link
    assert one.writes == []


def test_a_simulated_heart_is_not_heard_beside_a_real_belt(rig: Rig) -> None:
    mill = serve(rig)
    strap = rig.run(rig.lab.strap("sim", mill))
    told: SimpleQueue[None] = SimpleQueue()
    worn = AirStrap(rig.radio, Sighting(strap.face.address), simulated=False, wake=lambda: told.put(None))
    while not worn.trouble:
        told.get(timeout=PATIENCE_S)
        assert worn.run_until(0.0, 0.0, 0.0, Facing.FORWARD) == []
    worn.close(PATIENCE_S)
    assert "simulated" in worn.trouble
