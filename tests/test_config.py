"""Settings: where each value comes from, and one message with its place for each that is wrong."""

from pathlib import Path

import pytest

from coach.config import Config, ConfigError, load, strays, values

WRONG = {  # the file, and the message without its path
    "an unknown key": ("sond = 3\n", ":1: sond is not a setting; did you mean sound?"),
    "an unknown key of a runner": (
        "[runner.anna]\nlevl = 'rehab'\n",
        ":2: runner.anna.levl is not a setting; did you mean level?",
    ),
    "too much": (
        "[runner.anna]\n\nmax_bpm = 400\n",
        ":3: runner.anna.max_bpm is 400; it should be at most 240",
    ),
    "no level": (
        "[runner.anna]\nlevel = 'pro'\n",
        ":2: runner.anna.level is 'pro'; it should be 'rehab', 'beginner', 'intermediate' or 'advanced'",
    ),
    "a parameter without its unit": (
        "[runner.anna]\nparams = {easy = 5}\n",
        ":2: runner.anna.params.easy is 5; it must be text in quotes",
    ),
    "a table of parameters": (
        "[runner.anna.params]\neasy = 5\n",
        ":2: runner.anna.params.easy is 5; it must be text in quotes",
    ),
    "out of order": ("[runner.anna]\nmax_bpm = 50\n", ":1: runner.anna: rest_bpm 60 is not below max_bpm 50"),
    "a grant by nobody": (
        "[runner.anna]\ngranted_on = 2026-05-04\n",
        ":1: runner.anna: granted_on says when; granted_by has to say who",
    ),
    "a grant by a blank": ("[runner.anna]\ngranted_by = ' '\n", ":2: runner.anna.granted_by: ' ' is nobody's name"),
    "a grant on no day": (
        "[runner.anna]\ngranted_by = 'Ada'\ngranted_on = 'soon'\n",
        ":3: runner.anna.granted_on is 'soon'; it should be a day, such as 2026-05-17",
    ),
    "words for a number": (
        "[runner.anna]\nbirth_year = 'old'\n",
        ":2: runner.anna.birth_year is 'old'; it should be a whole number",
    ),
    "a weight of nobody": (
        "[runner.anna]\nweight_kg = 900\n",
        ":2: runner.anna.weight_kg is 900; it should be at most 300",
    ),
    "settings of nobody": (
        "[runner]\nmax_bpm = 180\n",
        ":2: runner.max_bpm is nobody's; the settings of a person stand under a name, such as [runner.anna]",
    ),
    "a table of nobody": (
        "[runner]\nparams = {easy = '5 km/h'}\n",
        ":1: runner.params.easy is nobody's; the settings of a person stand under a name, such as [runner.anna]",
    ),
    "a value of his own without a unit that is known": (
        "[runner.anna]\nparams = {easy = '6 kmh'}\n",
        ':2: runner.anna.params: easy: "kmh" is not a unit that coach knows; did you mean 6 km/h?',
    ),
    "a value of his own that is a word": (
        "[runner.anna]\nparams = {easy = 'brisk'}\n",
        ':2: runner.anna.params: easy: cannot read "brisk" as a value; write 4.5 km/h',
    ),
    "a value of his own that is another": (
        "[runner.anna]\nparams = {easy = '$fast'}\n",
        ":2: runner.anna.params: easy: a parameter is a number, it cannot use another; write 4.5 km/h",
    ),
    "a capital": ("[runner.Anna]\n", ":1: a runner's name is a word in small letters, not 'Anna'"),
    "no TOML": ("sound = yes\n", ":1: is not TOML: Invalid value"),
    "cut off": ("sound = true\n[runner.\n", ":2: is not TOML: Invalid initial character for a key part"),
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("COACH_CONFIG", str(file))
    return file


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        load()
    assert str(wrong.value) == f"{file}{message}"


def test_all_problems_come_at_once_in_the_order_of_the_file(file: Path) -> None:
    file.write_text("sound = 7\n[runner.anna]\nmax_bpm = 400\nlevl = 1\n")
    with pytest.raises(ConfigError) as wrong:
        load()
    assert [line.removeprefix(str(file))[:3] for line in str(wrong.value).splitlines()] == [":1:", ":3:", ":4:"]


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["binary", "missing"])
def test_a_file_that_cannot_be_read_is_named(file: Path, content: bytes | None) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load()


def test_without_a_file_there_are_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COACH_CONFIG", raising=False)
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    assert load() == Config.model_construct()
    assert load().chosen().parameters() == {}


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("[runner.anna]\nmax_bpm = 182\nweight_kg = 60\n")
    monkeypatch.setenv("COACH_RUNNER__ANNA__MAX_BPM", "179")
    anna = load().chosen("anna")
    assert (anna.max_bpm, anna.weight_kg) == (179, 60)
    origins = {one.name: one.origin for one in values(load())}
    assert origins["runner.anna.max_bpm"] == "COACH_RUNNER__ANNA__MAX_BPM"
    assert origins["runner.anna.weight_kg"] == f"{file}:3"


def test_a_variable_that_is_wrong_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("")
    monkeypatch.setenv("COACH_SOUND", "perhaps")
    with pytest.raises(ConfigError, match=r"^COACH_SOUND: sound is 'perhaps'"):
        load()


def test_a_stray_variable_is_found_and_harms_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("")
    monkeypatch.setenv("COACH_SOND", "1")
    assert load().sound
    assert strays() == ["COACH_SOND"]


def test_several_runners_need_a_name_and_one_does_not(file: Path) -> None:
    file.write_text("[runner.anna]\n[runner.ben]\n")
    with pytest.raises(ConfigError, match="anna, ben"):
        load().chosen()
    with pytest.raises(ConfigError, match="no runner 'carl'; there are anna, ben"):
        load().chosen("carl")
    file.write_text("[runner.ben]\neasy_kmh = 5.5\nparams = {hill = '3 %'}\n")
    assert load().chosen().parameters() == {"easy": "5.5 km/h", "hill": "3 %"}


@pytest.mark.parametrize(("born", "old_enough"), [(2013, True), (2014, False)])
def test_people_under_13_are_refused(file: Path, born: int, old_enough: bool) -> None:
    file.write_text(f"[runner.ben]\nbirth_year = {born}\n")
    if old_enough:
        assert load().chosen().person(2026).age == 13
    else:
        with pytest.raises(ConfigError, match="13"):
            load().chosen().person(2026)
