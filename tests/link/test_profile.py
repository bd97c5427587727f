from __future__ import annotations

import pytest

from coach.core.gates import prompt_only
from coach.link.machine_file import find_machine, shipped_machines
from coach.link.profile import profile_of

PROMPTED = {
    "refuses-speed": "it does not take speeds from an app",
    "no-control": "it does not take speeds from an app",
    "ignores-speed": "it does not take speeds from an app",
    "ignores-all": "it does not obey Stop",
    "stop-ignored": "it does not obey Stop",
    "rising-when-slowing": "it speeds up when it is told to slow down",
}


@pytest.mark.parametrize("name", shipped_machines())
def test_which_machines_are_only_prompted_for(name: str) -> None:
    assert prompt_only(profile_of(find_machine(name))) == PROMPTED.get(name, "")


def test_what_is_ignored_is_not_counted_on() -> None:
    profile = profile_of(find_machine("ignores-all"))
    assert (profile.remote_start, profile.stop_works, profile.incline_control) == (False, False, False)
