"""`coach rule`: the list, the page of a rule with what the checker says today, and a name with a slip."""

import json
from collections.abc import Callable

import pytest

from coach.cli.rule import explained, how_to_silence
from coach.script.example import problems_of
from coach.script.rule import Of, rules

Coach = Callable[..., tuple[int, str, str]]

PAGE = """\
two-heads  [E: the language]
A step has one head.

Each step of a list begins with a dash. Where the dash before the second head is
forgotten, two steps would become one.

Bad:
    format: 1
    name: Example
    steps:
      - warm-up: 5 min @ 4 km/h
        forward: 5 min @ 6 km/h

coach check says:
    example.yaml:5:5: error[two-heads]: this step has two heads, warm-up and forward
        5 |     forward: 5 min @ 6 km/h
          |     ^
          = help: a dash is missing: write - forward: 5 min @ 6 km/h

Good:
    format: 1
    name: Example
    steps:
      - warm-up: 5 min @ 4 km/h
      - forward: 5 min @ 6 km/h

No comment silences it.
"""


def test_a_rule_is_explained_with_what_the_checker_says_of_its_bad_example(coach: Coach) -> None:
    assert coach("rule", "two-heads") == (0, PAGE, "")


def test_the_list_has_every_rule_under_its_group_in_80_columns(coach: Coach) -> None:
    code, out, _ = coach("rule")
    assert code == 0
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line[:2].strip() and line[1:2] == " "] == ["E", "S", "W", "D", "P"]
    assert [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "] == list(rules())
    assert lines[0] == "E  the language; no comment silences them"
    assert "W  advice; a comment silences those without *" in lines
    starred = {line.split()[0] for line in lines if line.startswith("  ") and line.split()[1:2] == ["*"]}
    assert starred >= {"unused-ignore", "stop-refused", "keeps-going", "below-device-minimum"}
    assert not starred & {"speed-over-device", "no-warmup", "backward-too-fast"}
    assert lines[-1] == "coach rule NAME explains one, with an example."


def test_as_json_the_list_and_a_rule_have_all_facts(coach: Coach) -> None:
    code, out, _ = coach("rule", "--json")
    listed = json.loads(out)
    assert (code, listed["schema"]) == (0, 1)
    assert [one["name"] for one in listed["rules"]] == list(rules())
    assert listed["rules"][0].keys() == {"name", "group", "says", "silenced"}
    code, out, _ = coach("rule", "speed-over-device", "--json")
    rule = json.loads(out)["rule"]
    assert code == 0
    assert (rule["name"], rule["group"], rule["silenced"], rule["of"]) == ("speed-over-device", "D", True, "file")
    assert rule.keys() == {
        "name", "group", "says", "silenced", "because", "of", "bad", "good", "machine", "problems",
    }  # fmt: skip
    assert {problem["rule"] for problem in rule["problems"]} == {"speed-over-device"}


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("two_heads", "did you mean two-heads?"),
        ("Two heads", "did you mean two-heads?"),
        ("backward-to-fast", "did you mean backward-too-fast?"),
        ("E101", "coach rule lists all rules"),
        ("", "coach rule lists all rules"),
    ],
)
def test_a_name_with_a_slip_gets_the_nearest(coach: Coach, typed: str, near: str) -> None:
    code, out, err = coach("rule", typed)
    assert (code, out) == (2, "")
    assert err.endswith(f"Invalid value for NAME: there is no rule {typed!r}; {near}\n")


def test_a_name_may_be_pasted_with_its_brackets(coach: Coach) -> None:
    assert coach("rule", "[two-heads]") == (0, PAGE, "")


@pytest.mark.parametrize("name", rules())
def test_every_rule_has_a_page_and_only_the_checker_is_wider_than_80_columns(name: str) -> None:
    rule = rules()[name]
    lines = list(explained(rule))
    begin = lines.index("coach check says:") if "coach check says:" in lines else len(lines)
    end = next((index for index, line in enumerate(lines) if line.startswith("Good")), 0)
    assert all(line.isprintable() for line in lines)
    texts = [*rule.bad.split("\n"), *rule.good.split("\n")] if rule.of is not Of.WORDS else []
    outside = [line for line in lines[:begin] + lines[end:] if line[4:] not in texts]
    assert max(map(len, outside)) <= 80
    assert (begin < end) == (rule.of is not Of.WORDS)
    assert all(problem.message in "\n".join(lines) for problem in problems_of(rule, rule.bad))
    assert lines[-1] == list(how_to_silence(rule))[-1]


def test_what_a_comment_may_silence_says_how() -> None:
    assert list(how_to_silence(rules()["no-warmup"]))[-1] == "    # coach: ignore[no-warmup] your reason"
    assert "`coach run` goes by the machine" in list(how_to_silence(rules()["speed-over-device"]))[-1]
    assert "stays." in list(how_to_silence(rules()["below-device-minimum"]))[-2]
    for name in ("backward-too-fast", "two-heads", "unused-ignore", "stop-refused", "keeps-going"):
        assert list(how_to_silence(rules()[name])) == ["No comment silences it."]
