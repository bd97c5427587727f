"""The gate before a session: what is asked of whom, and that nothing of it keeps anybody from the forward part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.gate import FORWARD_LINE, Blocks, Facts, Screening, asks_pain, gate, mend_s, missing, too_much
from coach.script.check import load

REAL = Facts(simulated=False)
ALL = Facts(
    simulated=False,
    age=40,
    screening=Screening.CLEAR,
    consented=True,
    proved=True,
    tested=True,
    asked_today=True,
    alarm_heard=True,
    presses=2,
    company=True,
    strap_live=True,
    pain=0,
)
ONCE = ["screening", "consent", "proof", "test"]
EACH_TIME = ["pain", "today", "alarm", "presses"]


def plan(workout: str) -> Plan:
    found = load(workout).workout
    assert found is not None
    return make_plan(found, MachineProfile())


FORWARD, BACKWARD, REHAB = plan("tempo-20"), plan("first-steps-back"), plan("kind-knees-start")


@pytest.mark.parametrize("which", [FORWARD, BACKWARD, REHAB], ids=["forward", "backward", "rehab"])
@pytest.mark.parametrize("age", [None, 12, 40])
def test_a_simulated_treadmill_has_no_gate(which: Plan, age: int | None) -> None:
    assert gate(which, Facts(simulated=True, age=age)) == ()


@pytest.mark.parametrize(
    ("which", "facts", "names"),
    [
        (BACKWARD, REAL, [*ONCE, *EACH_TIME]),
        (BACKWARD, ALL, []),
        (BACKWARD, replace(ALL, pain=None, asked_today=False, alarm_heard=False, presses=0), EACH_TIME),
        (BACKWARD, replace(ALL, company=False, strap_live=False), []),
        (REHAB, REAL, [*ONCE, *EACH_TIME, "company", "strap"]),
        (REHAB, replace(ALL, company=False), ["company"]),
        (REHAB, replace(ALL, strap_live=False), ["strap"]),
        (BACKWARD, replace(ALL, screening=Screening.FLAGGED), ["screening"]),
        (BACKWARD, replace(ALL, presses=1), ["presses"]),
        (BACKWARD, replace(ALL, age=13), []),
        (BACKWARD, replace(ALL, age=12), ["age"]),
        (FORWARD, REAL, []),
        (FORWARD, replace(REAL, screening=Screening.FLAGGED), []),
        (FORWARD, replace(REAL, age=13), []),
        (FORWARD, replace(REAL, age=12), ["age"]),
    ],
)
def test_what_is_missing_follows_the_workout_and_what_is_known(which: Plan, facts: Facts, names: list[str]) -> None:
    assert [check.name for check in missing(gate(which, facts))] == names


@pytest.mark.parametrize("pain", range(11))
def test_with_more_than_five_of_ten_there_is_no_backward_running_and_nothing_mends_it(pain: int) -> None:
    left = missing(gate(REHAB, replace(ALL, pain=pain)))
    assert [(check.name, check.mend_s) for check in left] == ([("pain", None)] if pain > 5 else [])
    assert too_much(pain) is (pain > 5)
    assert missing(gate(FORWARD, replace(ALL, pain=pain))) == ()


def test_how_much_it_is_stands_in_the_refusal() -> None:
    (check,) = missing(gate(REHAB, replace(ALL, pain=7)))
    assert check.words == "Pain 7 of 10 is more than 5: no backward running today."


def test_pain_is_asked_for_only_where_the_workout_asks_for_it() -> None:
    silent = replace(REHAB, workout=replace(REHAB.workout, ask=(("before", ("effort",)), ("after", ("pain",)))))
    assert asks_pain(REHAB.workout.ask)
    assert not asks_pain(silent.workout.ask)
    assert "pain" not in [check.name for check in gate(silent, REAL)]
    assert too_much(None) is False


def test_forward_only_is_one_line() -> None:
    assert [check.words for check in gate(FORWARD, REAL)] == [FORWARD_LINE]


def test_nothing_that_is_missing_blocks_the_forward_part() -> None:
    yes_or_no = (False, True)
    facts = (
        Facts(False, 30, screening, consented, proved, consented, asked, asked, presses, asked, consented)
        for screening in Screening
        for consented in yes_or_no
        for proved in yes_or_no
        for asked in yes_or_no
        for presses in range(3)
    )
    for one in facts:
        assert missing(gate(FORWARD, one)) == ()
        assert all(check.blocks is not Blocks.SESSION for check in gate(REHAB, one))


def test_only_age_refuses_a_whole_session() -> None:
    young = replace(REAL, age=12)
    assert [check.name for check in gate(REHAB, young) if check.blocks is Blocks.SESSION] == ["age"]


@pytest.mark.parametrize(
    ("facts", "length_s"),
    [
        (ALL, 0.0),
        (replace(ALL, proved=False), 20.0),
        (replace(ALL, proved=False, alarm_heard=False), 30.0),
        (replace(ALL, screening=Screening.FLAGGED, proved=False), None),
        (replace(ALL, age=12), None),
    ],
)
def test_how_long_it_takes_to_mend_is_the_sum_or_unknown(facts: Facts, length_s: float | None) -> None:
    assert mend_s(gate(BACKWARD, facts)) == length_s
