"""`coach convert` as it is typed: what goes where, what is told, and what is refused."""

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from coach.config import load as load_config
from coach.script.check import load
from coach.script.convert.pace import Race
from tests.script.convert.golden import HERE

Coach: TypeAlias = Callable[..., tuple[int, str, str]]
STEADY = str(HERE / "zwo" / "steady.zwo")
INTERVALS = str(HERE / "qz" / "intervals.xml")
THRESHOLD = ("--threshold", "4:40 /km")
BACKWARD = "first-steps-back"
PROGRAMME = '<rows><row duration="00:{:02}:00" speed="{}" forcespeed="1"/></rows>'


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Standard input with some bytes."""

    def put(raw: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))

    return put


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Settings with some text."""

    def write(text: str) -> None:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("COACH_CONFIG", str(file))

    return write


def test_a_foreign_workout_becomes_yaml_on_standard_output(coach: Coach) -> None:
    code, out, err = coach("convert", STEADY, *THRESHOLD)
    assert code == 0
    assert out == Path(STEADY).with_suffix(".yaml").read_text(encoding="utf-8")
    assert err.startswith(f"{STEADY}: Zwift to YAML, written to standard output\n")
    assert "changed:\n  - the speed is rounded to 0.1 km/h (steps 1 to 3)\n" in err


def test_a_file_is_written_and_checks(coach: Coach, tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    code, out, err = coach("convert", INTERVALS, str(target))
    assert (code, out) == (0, "")
    assert f"QZ to YAML, written to {target}" in err
    loaded = load(str(target))
    assert loaded.errors == ()
    assert loaded.title == "Intervals"


def test_nothing_lost_is_told_too(coach: Coach) -> None:
    _, _, err = coach("convert", "5min@5/3min@4", "--to", "icu")
    assert err.splitlines()[1:] == ["nothing was lost"]


def test_backward_goes_out_with_its_mark_and_comes_back(coach: Coach, tmp_path: Path) -> None:
    there, back = tmp_path / "out.zwo", tmp_path / "back.yaml"
    code, _, err = coach("convert", BACKWARD, str(there), *THRESHOLD)
    assert code == 0
    assert 'message="Backward 1.5 km/h. ' in there.read_text(encoding="utf-8")
    assert "lost:\n" in err
    assert "4 turns, about 6 min" in err
    assert '"Backward 1.5 km/h"' in re.sub(r"\s+", " ", err)
    assert coach("convert", str(there), str(back))[0] == 0
    first, again = load(BACKWARD).workout, load(str(back)).workout
    assert first is not None
    assert again is not None
    assert again.level is first.level
    assert [(one.facing, one.extent, one.target) for one in again.segments] == [
        (one.facing, one.extent, one.target) for one in first.segments
    ]


@pytest.mark.parametrize("suffix", ["fit", "txt"])
def test_backward_is_marked_in_every_format(coach: Coach, tmp_path: Path, suffix: str) -> None:
    there, back = tmp_path / f"out.{suffix}", tmp_path / "back.yaml"
    code, _, err = coach("convert", BACKWARD, str(there))
    assert code == 0
    assert 'the backward step is named "Backward 1.5 km/h"' in re.sub(r"\s+", " ", err)
    assert b"Backward 1.5 km/h" in there.read_bytes()
    assert coach("convert", str(there), str(back))[0] == 0
    first, again = load(BACKWARD).workout, load(str(back)).workout
    assert first is not None
    assert again is not None
    assert [one.facing for one in again.segments] == [one.facing for one in first.segments]
    _, out, _ = coach("convert", BACKWARD, str(tmp_path / f"ahead.{suffix}"), "--forward-only", "--json")
    assert json.loads(out)["losses"][0]["what"] == "2 backward steps are left out, as --forward-only asks"
    assert b"Backward 1.5" not in (tmp_path / f"ahead.{suffix}").read_bytes()


def test_forward_only_leaves_backward_out_and_never_runs_it_forward(coach: Coach) -> None:
    code, out, err = coach("convert", BACKWARD, "--to", "zwo", *THRESHOLD, "--forward-only")
    assert code == 0
    assert "Backward" not in out.replace("Backward comes next", "")
    assert out.count("Duration=") == 5
    assert "2 backward steps are left out, as --forward-only asks" in err
    assert "turns" not in err


def test_a_shorthand_becomes_yaml_with_its_repeats(coach: Coach, tmp_path: Path) -> None:
    target = tmp_path / "out.yaml"
    code, _, err = coach("convert", "3x(2min@9/1min@6)", str(target))
    assert code == 0
    assert err.startswith(f"3x(2min@9/1min@6): shorthand to YAML, written to {target}\nnothing was lost\n")
    assert target.read_text(encoding="utf-8").splitlines()[2:] == [
        "steps:",
        "  - repeat: 3",
        "    steps:",
        "      - forward: 2 min @ 9 km/h",
        "      - forward: 60 s @ 6 km/h",
    ]


def test_text_is_taken_from_standard_input(coach: Coach, typed: Callable[[bytes], None]) -> None:
    typed(PROGRAMME.format(5, 4).encode())
    code, out, _ = coach("convert", "-")
    assert (code, out) == (0, "format: 1\nname: Imported workout\nsteps:\n  - forward: 5 min @ 4 km/h\n")
    typed(b"format: 1\nname: x\nsteps:\n  - warm-up: 5 min @ $easy\n")
    code, out, _ = coach("convert", "-", "--to", "zwo", *THRESHOLD, "--set", "easy=6 km/h")
    assert code == 0
    assert '<Warmup Duration="300" PowerLow="0.466667" PowerHigh="0.466667"/>' in out


def test_standard_input_that_says_nothing_needs_from(coach: Coach, typed: Callable[[bytes], None]) -> None:
    typed(b"hello")
    code, out, err = coach("convert", "-")
    assert (code, out) == (1, "")
    assert err == (
        "coach: standard input: neither its content nor its name says what it is; say so with --from: "
        "yaml, zwo, qz, icu, fit\n"
    )
    typed(b"hello")
    assert "line 1: this is not XML" in coach("convert", "-", "--from", "zwo")[2]


def test_nothing_is_written_over_without_being_asked(coach: Coach, tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    target.write_text("mine", encoding="utf-8")
    code, _, err = coach("convert", INTERVALS, str(target))
    assert code == 1
    assert "not written" in err.splitlines()[0]
    assert err.splitlines()[-1] == f"coach: {INTERVALS}: {target} is there already; --force writes over it"
    assert target.read_text(encoding="utf-8") == "mine"
    assert coach("convert", INTERVALS, str(target), "--force")[0] == 0
    assert target.read_text(encoding="utf-8").startswith("format: 1\nname: Intervals\n")


def test_a_result_with_errors_is_shown_and_written_only_with_force(coach: Coach, tmp_path: Path) -> None:
    source, target = tmp_path / "fast.xml", tmp_path / "fast.yaml"
    source.write_text(PROGRAMME.format(5, 30), encoding="utf-8")
    code, _, err = coach("convert", str(source), str(target))
    assert code == 1
    assert "error[out-of-range]: 30 km/h is above 22 km/h" in err
    assert "the result has errors, so it is not written; --force writes it all the same" in err
    assert not target.exists()
    code, _, err = coach("convert", str(source), str(target), "--force")
    assert code == 0
    assert "30 km/h is above 22 km/h" in err
    assert "30 km/h" in target.read_text(encoding="utf-8")
    code, _, err = coach("convert", str(source), str(tmp_path / "x.zwo"), *THRESHOLD, "--force")
    assert code == 1
    assert "30 km/h is above 22 km/h" in err


def test_a_level_is_given_to_a_workout_that_names_none(coach: Coach, tmp_path: Path) -> None:
    source = str(HERE / "qz" / "marked.xml")
    assert "level: beginner\n" in coach("convert", source, "--easy", "4.5 km/h")[1]
    code, out, err = coach("convert", source, "--easy", "4.5 km/h", "--level", "intermediate")
    assert (code, "level: intermediate\n" in out) == (0, True)
    assert "names no level" not in err
    target = tmp_path / "rehab.yaml"
    assert coach("convert", source, str(target), "--easy", "4.5 km/h", "--level", "rehab")[0] == 0
    assert "level: rehab\n" in target.read_text(encoding="utf-8")
    assert (
        "--level is for workouts of other programs" in coach("convert", BACKWARD, "--to", "icu", "--level", "rehab")[2]
    )


def test_the_facts_have_all_of_it(coach: Coach, tmp_path: Path) -> None:
    code, out, err = coach("convert", STEADY, *THRESHOLD, "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert set(told) == {
        "schema", "source", "from", "target", "to", "written", "refused", "losses", "problems", "text"
    }  # fmt: skip
    assert (told["schema"], told["from"], told["to"], told["target"]) == (1, "zwo", "yaml", None)
    assert told["losses"][0] == {
        "kind": "assumed", "what": "a step without a pace is relative to your threshold", "steps": [1, 2, 3]
    }  # fmt: skip
    assert told["text"] == Path(STEADY).with_suffix(".yaml").read_text(encoding="utf-8")
    target = tmp_path / "a.zwo"
    told = json.loads(coach("convert", STEADY, str(target), *THRESHOLD, "--json")[1])
    assert (told["written"], told["text"], told["target"]) == (True, None, str(target))
    code, out, err = coach("convert", STEADY, "--json")
    told = json.loads(out)
    assert (code, err, told["written"], told["text"]) == (1, "", False, None)
    assert "your threshold speed is not known" in told["refused"]


def test_the_facts_of_a_file_that_is_not_there(coach: Coach) -> None:
    code, out, _ = coach("convert", "no.zwo", "--json")
    assert (code, json.loads(out)["from"], json.loads(out)["refused"]) == (1, None, "there is no such file")


REFUSED = {
    "no such file": (["no.zwo"], "no.zwo: there is no such file"),
    "no such file of any name": (["nope"], "no such file, and no workout of that name; coach list shows"),
    "no such file of YAML": (["nope.yaml"], "nope.yaml: there is no such file, and no workout of that name"),
    "no such file to convert": (["nope", "--to", "zwo"], "nope: there is no such file, and no workout of that name"),
    "no such workout": (["first-step-back", "--to", "zwo"], "did you mean first-steps-back"),
    "a directory": ([".", "--to", "zwo"], "is a directory, not a workout"),
    "a directory without a format": (["."], "is a directory, not a workout"),
    "a directory by the name of a file": (["{tmp}/folder.zwo"], "folder.zwo: it is a directory"),
    "an empty file": (["{tmp}/empty.zwo"], "empty.zwo: the file is empty"),
    "a path of many letters": (["a" * 5000, "--to", "icu"], "coach: a{200}…: cannot read .*: file name too long"),
    "a broken shorthand": (["3x(2min@9", "--to", "icu"], r"shorthand:1:10: error\[shorthand\]: a \) is missing"),
    "no reference": ([STEADY], r"step 1 \(Warmup, line 12\) is relative to your threshold, and your threshold speed"),
    "no reference to write": (["easy-walk-30", "--to", "zwo"], "a Zwift workout knows no speeds, only shares of your"),
    "a broken file": (["{tmp}/broken.zwo"], "broken.zwo: line 2: this is not XML"),
    "another XML": (["{tmp}/other.xml"], "not a QZ program: it begins with <gpx>"),
    "YAML already": (["{tmp}/mine.yaml", "{tmp}/other.yaml"], "this is a YAML workout already"),
    "YAML with errors": (["{tmp}/bad.yaml", "--to", "icu"], r"bad.yaml:4:14: error\["),
    "not UTF-8": (["{tmp}/latin.yaml", "--to", "icu"], r"error\[not-utf-8\]"),
    "too large": (["{tmp}/large.zwo"], "the file is larger than 256 KB"),
    "no folder": ([INTERVALS, "{tmp}/no/where.yaml"], "where.yaml cannot be written: no such file or directory"),
    "a folder": ([INTERVALS, "{tmp}", "--to", "yaml"], "is a directory; name a file"),
    "parameters": ([INTERVALS, "--set", "easy=5 km/h"], "--set is for workouts of coach"),
    "read as": (["easy-walk-30", "--to", "icu", "--from", "zwo"], "--from says how a file or standard input is read"),
    "no name": (["", "--to", "icu"], "no workout was named"),
    "nobody": ([STEADY, "--runner", "nobody"], "there is no runner 'nobody'"),
}


@pytest.mark.parametrize(("words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_one_sentence_and_exit_1(
    coach: Coach, tmp_path: Path, words: list[str], sentence: str
) -> None:
    for name, raw in {
        "broken.zwo": b"<workout_file>\n<",
        "other.xml": b"<gpx/>",
        "mine.yaml": b"format: 1\nname: x\nsteps:\n  - forward: 5 min @ 6 km/h\n",
        "bad.yaml": b"format: 1\nname: x\nsteps:\n  - forward: 5 m @ 6 km/h\n",
        "latin.yaml": b"format: 1\nname: \xe4\n",
        "large.zwo": b"<a>" * 100_000,
        "empty.zwo": b"\n",
    }.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "folder.zwo").mkdir()
    before = sorted(tmp_path.iterdir())
    code, out, err = coach("convert", *(word.replace("{tmp}", str(tmp_path)) for word in words))
    assert (code, out) == (1, "")
    assert re.search(sentence, err)
    assert err.splitlines()[-1].startswith("coach: ")
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


USAGE = {
    "nothing": ([], "Missing argument 'SOURCE'"),
    "no format": ([BACKWARD], "say to which format: --to zwo, icu or fit, or a file name"),
    "no format of standard input": (["-", "--from", "yaml"], "say to which format: --to zwo, icu or fit"),
    "no such format": ([STEADY, "--to", "gpx"], "'gpx' is not one of"),
    "an unknown suffix": ([STEADY, "x.doc"], "'x.doc' does not say which format; end it in .yaml, .zwo, .txt, .fit"),
    "QZ": ([STEADY, "x.xml"], "coach reads QZ files and writes none"),
    "two formats": ([STEADY, "x.fit", "--to", "zwo"], "x.fit is the name of a FIT file, and --to says zwo"),
    "FIT to the screen": ([STEADY, "--to", "fit"], "a FIT file is binary; name a file"),
    "FIT to standard output": ([STEADY, "-", "--to", "fit"], "a FIT file is binary; name a file"),
    "a threshold without its unit": ([STEADY, "--threshold", "4:40"], "for a pace write 4:40 /km or 4:40 /mi"),
    "a pace without a race": ([STEADY, "--pace", "4:20 /km"], "'4:20 /km' is not RACE=PACE, such as '5k=4:20 /km'"),
    "a race that nobody runs": ([STEADY, "--pace", "6k=4:20 /km"], '"6k" is not a race'),
    "bounds the wrong way": ([STEADY, "--within", "9 .. 5 km/h"], "does not go from a slower to a faster speed"),
    "no speed": ([STEADY, "--easy", "slow"], 'cannot read "slow" as a speed'),
}


@pytest.mark.parametrize(("words", "sentence"), USAGE.values(), ids=USAGE)
def test_what_means_nothing_is_a_matter_of_usage(coach: Coach, words: list[str], sentence: str) -> None:
    code, out, err = coach("convert", *words)
    assert (code, out) == (2, "")
    assert re.sub(r"\s+", " ", sentence) in re.sub(r"[\s│]+", " ", err)


def test_content_says_what_a_file_is_before_its_name(coach: Coach, tmp_path: Path) -> None:
    liar = tmp_path / "liar.zwo"
    liar.write_bytes(Path(INTERVALS).read_bytes())
    code, _, err = coach("convert", str(liar))
    assert code == 0
    assert "it is named like Zwift and read as QZ, which it is" in err


def test_paces_come_from_the_settings_and_from_what_is_typed(coach: Coach, settled: Callable[[str], None]) -> None:
    settled('[runner.anna]\neasy_kmh = 7\nthreshold = "4:40 /km"\npaces = {"5k" = "4:20 /km", mile = "9.5 mph"}\n')
    free, races = str(HERE / "zwo" / "free.zwo"), str(HERE / "zwo" / "race-paces.zwo")
    assert "forward: 10 min @ 7 km/h" in coach("convert", free)[1]
    assert "forward: 10 min @ 6 km/h" in coach("convert", free, "--easy", "6 km/h")[1]
    code, _, err = coach("convert", races)
    assert (code, "relative to your marathon speed" in err) == (1, True)
    more = ["--pace", "10k=4:30 /km", "--pace", "half=4:45 /km", "--pace", "marathon=5:00 /km"]
    out = coach("convert", races, *more)[1]
    assert "forward: 60 s @ 9.5 mph" in out
    assert "forward: 2 min @ 4:20 /km" in out
    assert "forward: 2 min @ 12 mph" in coach("convert", races, *more, "--pace", "5k=12 mph")[1]
    code, out, _ = coach("config")
    assert code == 0
    assert re.search(r"runner\.anna\.threshold +4:40 /km +\S+:3", out)
    assert re.search(r"runner\.anna\.paces +5k = 4:20 /km, mile = 9.5 mph +\S+:4", out)


def test_the_settings_give_their_speeds(settled: Callable[[str], None]) -> None:
    settled('[runner.anna]\nthreshold = "12 km/h"\nparams = {easy = "6:00 /km"}\n[runner.anna.paces]\n5k = "14 km/h"\n')
    known = load_config().chosen().references()
    assert (known.threshold_kmh, known.easy_kmh, dict(known.race_kmh)) == (12.0, 10.0, {Race.FIVE_K: 14.0})


WRONG = {
    "a threshold without its unit": (
        '[runner.anna]\n\nthreshold = "4:40"\n',
        ":3: runner.anna.threshold: 4:40 is a time; a speed is needed here; for a pace write 4:40 /km or 4:40 /mi",
    ),
    "a threshold that is a number": (
        "[runner.anna]\nthreshold = 12\n", ":2: runner.anna.threshold is 12; it must be text in quotes"
    ),
    "no race": (
        '[runner.anna]\npaces = {"5km" = "4:20 /km"}\n', ':2: runner.anna.paces: "5km" is not a race; did you mean 5k?'
    ),
    "too fast": (
        '[runner.anna]\npaces = {"5k" = "0:20 /km"}\n',
        ':2: runner.anna.paces: "0:20 /km" is 180 km/h; it must be 1 to 30 km/h',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_paces_that_are_wrong_are_told_with_their_line(
    coach: Coach, settled: Callable[[str], None], text: str, message: str
) -> None:
    settled(text)
    code, _, err = coach("convert", STEADY)
    assert code == 1
    assert err.rstrip().endswith(message)


def test_no_text_of_a_file_reaches_the_terminal_as_a_command(coach: Coach, tmp_path: Path) -> None:
    source = tmp_path / "evil.zwo"
    source.write_text(
        "<workout_file><name>a&#x9b;2J&#x202e;b</name><sportType>run</sportType><durationType>time</durationType>"
        '<workout><SteadyState Duration="60" Power="0.5" pace="0&#x9b;1"><textevent message="&#x7f;x&#x200b;"/>'
        "</SteadyState></workout></workout_file>",
        encoding="utf-8",
    )
    _, out, err = coach("convert", str(source), *THRESHOLD)
    assert all(line.isprintable() for line in (out + err).splitlines())
    assert "name: a2Jb" in out


@pytest.mark.parametrize("target", ["zwo", "icu", "fit"])
def test_a_workout_by_threshold_heart_rate_needs_no_heart_rate_to_be_converted(
    coach: Coach, tmp_path: Path, target: str
) -> None:
    steps = "[warm-up: 5 min @ 5 km/h, {forward: 5 min @ 6 km/h, heart: 80..90 %lthr, within: 5 .. 6 km/h}]"
    led = tmp_path / "led.yaml"
    led.write_text(f"format: 1\nname: Led\nsteps: {steps}\n", encoding="utf-8")
    code, _, err = coach("convert", str(led), str(tmp_path / f"led.{target}"), *THRESHOLD)
    assert (code, "threshold heart rate" in err) == (0, False)


ICU = "Level: beginner\n\n- Warmup 5m 12:00/km Pace\n- Backward 3.0 km/h 2m 20:00/km Pace\n- 5m 15:00/km Pace\n"


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize(
    "broken", ["", "- Backward 2.0 km/h 2m 30:00/km Pace\n" * 40, "- Backward 22 km/h 99m 3:00/km\n"]
)
def test_forward_only_never_leaves_a_backward_step_in(
    coach: Coach, tmp_path: Path, force: list[str], broken: str
) -> None:
    source, target = tmp_path / "a.icu", tmp_path / "a.yaml"
    source.write_text(ICU + broken, encoding="utf-8")
    code, _, err = coach("convert", str(source), str(target), "--forward-only", *force)
    assert code == 0
    text = target.read_text(encoding="utf-8")
    assert "backward" not in text
    assert "forward only" in text
    assert f"{1 + broken.count('Backward')} backward steps are left out, as --forward-only asks" in err


def test_forward_only_leaves_out_what_may_be_backward(coach: Coach, tmp_path: Path) -> None:
    source, target = tmp_path / "a.icu", tmp_path / "a.yaml"
    source.write_text(ICU + "- Face rear 2m 30:00/km Pace\n", encoding="utf-8")
    code, _, err = coach("convert", str(source), str(target), "--force")
    assert code == 1
    assert '"Face rear" is about backward and no mark' in re.sub(r"\s+", " ", err)
    assert not target.exists()
    code, _, err = coach("convert", str(source), str(target), "--forward-only")
    assert (code, "Face rear" in target.read_text(encoding="utf-8")) == (0, False)
    assert "2 backward steps are left out" in err


def test_a_write_that_fails_leaves_what_was_there(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "mine.yaml"
    target.write_text("mine", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, err = coach("convert", INTERVALS, str(target), "--force")
    assert (code, target.read_text(encoding="utf-8")) == (1, "mine")
    assert "cannot be written: no space left on device" in err
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_no_plain_file_is_not_written_over(coach: Coach, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    code, _, err = coach("convert", INTERVALS, str(pipe), "--force")
    assert (code, pipe.is_fifo()) == (1, True)
    assert "is not a plain file" in err


def test_a_number_of_the_runners_own_is_told_in_the_report(
    coach: Coach, tmp_path: Path, settled: Callable[[str], None]
) -> None:
    settled('[runner.anna]\neasy_kmh = 5\nthreshold = "4:40 /km"\n')
    mine, plain = tmp_path / "mine.yaml", tmp_path / "plain.yaml"
    text = "format: 1\nname: x\nparams: {easy: 6 km/h}\nsteps:\n  - forward: 5 min @ "
    mine.write_text(f"{text}$easy\n", encoding="utf-8")
    plain.write_text("format: 1\nname: x\nsteps:\n  - forward: 5 min @ 5 km/h\n", encoding="utf-8")
    told = "- $easy is 5 km/h, as your settings have it"
    for to, written in (("icu", "12:00/km"), ("zwo", 'Power="0.388889"')):
        code, out, err = coach("convert", str(mine), "--to", to)
        assert (code, written in out, told in err) == (0, True, True)
        assert told not in coach("convert", str(mine), "--to", to, "--set", "easy=5 km/h")[2]
        assert told not in coach("convert", str(plain), "--to", to)[2]


def test_problems_of_a_result_on_the_screen_bear_the_name_of_the_source(coach: Coach, tmp_path: Path) -> None:
    source = tmp_path / "fast.xml"
    source.write_text(PROGRAMME.format(5, 30), encoding="utf-8")
    code, _, err = coach("convert", str(source))
    assert code == 1
    assert f"{source}:4:" in err
    assert "result:" not in err


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-inf", "NaN km/h", "inf km/h", "1e999 km/h", "-5 km/h", "nan:40 /km"]
)
@pytest.mark.parametrize("flag", ["--threshold", "--easy", "--pace", "--within"])
def test_no_odd_number_is_a_speed(coach: Coach, flag: str, number: str) -> None:
    value = {"--pace": f"5k={number}", "--within": f"5 .. {number}"}.get(flag, number)
    code, out, err = coach("convert", STEADY, f"{flag}={value}")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
