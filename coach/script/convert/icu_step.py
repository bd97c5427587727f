"""One step of intervals.icu text: `[cue] LENGTH TARGET`, where everything that is not understood is told or refused.

Texts before the first length or target are the cue; later ones stand as SECONDS^TEXT, or SECONDS^SHOWN TEXT, and where
there are such a <!> ends them. A target is a pace, a share of the threshold pace or a heart rate; power is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from coach.core.workout import (
    KMH_PER_MPH,
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Say,
    SayAt,
    Segment,
    Target,
)
from coach.script.convert.fold import spoken, tidied, tidy
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.convert.prose import (
    Said,
    backward,
    bounds_kmh,
    facing,
    heart_band,
    plain,
    read_text,
    section,
    spoken_cue,
    tell_backward,
    tell_overruled,
    within_reach,
)
from coach.script.problem import number, quoted

ZONES_PCT: Final = (0.0, 77.5, 87.7, 94.3, 100.0, 103.4, 111.5)  # where the pace zones of a new account begin
WALKED_KMH: Final = 6.0  # nobody counts a slower speed in minutes a kilometre
LONGEST_S: Final = 86_400.0  # a day; more is a slip of the other program
LONGEST_M: Final = 1_000_000.0  # 1,000 km; the same
METRES: Final = {
    "km": 1000.0, "mtr": 1.0, "mi": 1000 * KMH_PER_MPH, "yd": 0.9144,
    "100m": 100.0, "250m": 250.0, "400m": 400.0, "500m": 500.0, "100y": 91.44,
}  # fmt: skip
REPEAT: Final = re.compile(
    r"(?:(?P<first>[0-9]{1,6})x\b(?P<behind>.*)|(?P<before>.*?)(?<!\S)(?P<last>[0-9]{1,6})x)", re.IGNORECASE
)

_SPELT: Final = {
    "meter": "mtr", "meters": "mtr", "metre": "mtr", "metres": "mtr", "mile": "mi", "miles": "mi",
    "y": "yd", "yds": "yd", "yard": "yd", "yards": "yd", "yrd": "yd", "yrds": "yd",
}  # fmt: skip
_HEADS: Final = {
    "warmup": Head.WARM_UP, "cooldown": Head.COOL_DOWN,
    "rest": Head.FORWARD, "recovery": Head.FORWARD, "active": Head.FORWARD, "interval": Head.FORWARD,
}  # fmt: skip
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "'": 60.0, "s": 1.0, '"': 1.0}
_SHARES: Final = {"hr": HeartUnit.MAX, "lthr": HeartUnit.THRESHOLD}
_TARGETS: Final = ("pace", "percent", "zone", "watts", "bpm", "nothing")

_N: Final = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_PER: Final = r"/(?:km|miles?|mi|100m|250m|400m|500m|100y)"
_CLOCK: Final = r"[0-9]{1,3}:[0-9]{2}"
_LATER: Final = re.compile(r"(?<!\S)([0-9]{1,5})\^(?:([0-9]{1,5})(?=\s|$))?\s*")
_LAP: Final = re.compile(r"\b(?:until\s+)?(?:press\s+lap|lap\s+(?:button\s+)?press(?:ed)?)\b", re.IGNORECASE)
_OPTION: Final = re.compile(r"(?<!\S)([A-Za-z_]{2,20})=(\S{1,20})")
_WORD: Final = re.compile(r"\b(?:(?P<ramp>ramp)|(?P<free>free ?ride)|(?P<most>max ?effort))\b", re.IGNORECASE)
_LAST_WORD: Final = re.compile(r"(.*\s)?(ramp|free ?ride|max ?effort)\s*", re.IGNORECASE)
_TOKEN: Final = re.compile(
    rf"""(?<![^\s(,;])(?:
      (?P<odd>(?P<amount>{_N})\s?(?P<spelt>min|mins|minutes?|secs?|seconds?|hrs?|hours?|kms))
    | (?P<metres>{_N})\s?(?P<unit>km|mtr|met(?:er|re)s?|mi|miles?|yds?|yards?|yrds?|y)
    | (?P<time>(?:{_N}h)?(?:{_N}[m'])?(?:{_N}(?:s|"|''))?(?<=[hms'"])
        | {_N}h[0-9]{{1,2}}
        | (?:{_N}h)?{_N}[m'][0-9]{{1,2}})
    | (?P<pace>{_CLOCK}(?:{_PER})?(?:\s?-\s?{_CLOCK})?(?:\s?{_PER})?)(?:\s*(?P<named>pace))?
    | (?P<cadence>{_N}(?:\s?-\s?{_N})?\s?(?:rpm|spm))
    | (?P<percent>{_N}\s?%?(?:\s?-\s?{_N}\s?)?%)(?:\s*(?P<of>pace|lthr|hr|mmp))?
    | (?P<zone>c?z[0-9](?:\s?-\s?c?z?[0-9])?)(?:\s*(?P<in>pace|hr))?
    | (?P<watts>{_N}\s?w?(?:\s?-\s?{_N}\s?)?w)
    | (?P<bpm>{_N}(?:\s?-\s?{_N})?\s?bpm)
    | (?P<nothing>0)
    )(?![^\s),;.!])""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands behind the cue of a step."""

    lengths: tuple[re.Match[str], ...]
    targets: tuple[re.Match[str], ...]
    words: frozenset[str | None]  # ramp, free, most
    lap: bool
    rest: str = ""  # what is not understood


@dataclass(frozen=True, slots=True)
class Step:
    """Reads the line of one step."""

    line: int
    step: int
    body: str  # behind the dash
    paces: Paces
    losses: Losses

    def segment(self, head: Head | None, title: str = "") -> Segment:
        """The step; `head` is what its section says, None where nothing does, `title` one that is about backward.

        Raises:
            ConvertError: it cannot be read, has no speed for a belt, or nobody knows which way it faces.
        """
        cues, spec = self._divided()
        said = read_text(cues.pop(0, ""), self._place)
        found = self._found(spec)
        extent = self._extent(found)
        if said.rest or (found.targets and found.targets[0]["nothing"]):
            segment = self._rest(said, extent)
        elif said.mark is not None:
            segment = backward(Segment(Head.BACKWARD, Facing.BACKWARD, extent), said)
            tell_overruled(segment, self._named_kmh(found), self.step, self.losses)
        else:
            segment = self._forward(self._head(said, spec, head), extent, found, said)
            names = (title, "" if said.only_cue else said.cue, found.rest)
            segment = facing(segment, self._place, names, tuple(cues.values()), self.step, self.losses)
            if segment.facing is Facing.FORWARD:
                tell_backward(said.cue, self.step, self.losses)
        named = head is None and segment.head in (Head.WARM_UP, Head.COOL_DOWN) and plain(said.cue)
        return replace(segment, say=tuple(self._say(said, cues, silent=named)))

    @property
    def _place(self) -> str:
        return f"line {self.line}: {quoted(self.body)}"

    def _error(self, message: str) -> ConvertError:
        return ConvertError(f"{self._place} {message}")

    # Its text

    def _divided(self) -> tuple[dict[int, str], str]:
        """The texts by the second at which they are due, and the rest of the line."""
        text, mark, spec = self.body.partition("<!>")
        if not mark:
            text, spec = self._split()
        first, *later = _LATER.split(text)
        cues = {0: spoken(first)}
        for second, shown, words in zip(later[::3], later[1::3], later[2::3], strict=True):
            if shown:
                self.losses.changed("texts are spoken, for how long they are shown is left out", self.step)
            if due := spoken(words):
                before = cues.get(int(second), "")
                cues[int(second)] = f"{before} {due}".strip()
        return cues, spec

    def _split(self) -> tuple[str, str]:
        """The line before and from its first length or target; keywords of the line are no part of its text."""
        tokens = (token for token in _TOKEN.finditer(self.body) if not token["odd"] and not token["nothing"])
        first = next(tokens, None)
        at = len(self.body) if first is None else first.start()
        text, spec = self.body[:at], self.body[at:]
        for keyword in (_LAP, _OPTION):
            spec = " ".join((spec, *(found[0] for found in keyword.finditer(text))))
            text = keyword.sub(" ", text)
        if word := _LAST_WORD.fullmatch(text):
            return word[1] or "", f"{word[2]} {spec}"
        return text, spec

    def _say(self, said: Said, cues: Mapping[int, str], *, silent: bool) -> Iterator[Say]:
        if said.cue and not silent:
            yield Say(SayAt.START, 0.0, said.cue)
        for second, text in sorted(cues.items()):
            yield Say(SayAt.AT_S, float(second), spoken_cue(text))

    # Its parts

    def _found(self, spec: str) -> _Found:
        tokens = list(_TOKEN.finditer(spec))
        if any(token["cadence"] for token in tokens):
            self.losses.lost("the cadence", self.step)
        options = sorted({name.lower() for name, _ in _OPTION.findall(spec)} - {"intensity"})
        if options:
            self.losses.lost(f"what a watch is to do: {', '.join(options)}", self.step)
        rest = spec
        for known in (_TOKEN, _LAP, _OPTION, _WORD):
            rest = known.sub(" ", rest)
        rest = spoken(rest).strip(" .,;:-()@")
        if re.search(r"\w", rest):
            self.losses.lost(f"text behind the length of a step: {quoted(rest)}", self.step)
        return _Found(
            tuple(token for token in tokens if token["time"] or token["metres"]),
            tuple(token for token in tokens if any(token[kind] for kind in _TARGETS)),
            frozenset(word.lastgroup for word in _WORD.finditer(spec)),
            _LAP.search(spec) is not None,
            rest,
        )

    def _head(self, said: Said, spec: str, head: Head | None) -> Head:
        for name, value in _OPTION.findall(spec):
            if name.lower() == "intensity" and value.lower() in _HEADS:
                return _HEADS[value.lower()]
        return head or section(said.cue) or Head.FORWARD

    def _extent(self, found: _Found) -> Extent:
        if len(found.lengths) > 1:
            first, second = (length[0].strip() for length in found.lengths[:2])
            raise self._error(f"has two lengths, {first} and {second}; a step has one")
        if found.lap:
            if found.lengths:
                self.losses.changed("a step that ends at the lap key is open, its length is left out", self.step)
            return Extent(ExtentUnit.OPEN)
        if not found.lengths:
            raise self._no_length()
        token = found.lengths[0]
        if token["time"]:
            seconds = _seconds(token["time"])
            if not 0 < seconds <= LONGEST_S:
                raise self._error(f"lasts {number(seconds)} s; a step lasts more than 0 s and at most a day")
            return Extent(ExtentUnit.TIME, seconds)
        metres = round(float(token["metres"]) * METRES[_unit(token["unit"])], 6)
        if not 0 < metres <= LONGEST_M:
            raise self._error(f"is {number(metres)} m long; a step has more than 0 m and at most 1000 km")
        return Extent(ExtentUnit.DISTANCE, metres)

    def _no_length(self) -> ConvertError:
        if times := REPEAT.fullmatch(self.body):
            return self._error(f"is a repeat; write {times['first'] or times['last']}x on a line without a dash")
        odd = next((token for token in _TOKEN.finditer(self.body) if token["odd"]), None)
        if odd is not None:
            unit = "km" if odd["spelt"].lower() == "kms" else odd["spelt"][0].lower()
            written = odd["odd"].strip()
            return self._error(
                f"has the length {written}, which intervals.icu does not know; write {odd['amount']}{unit}"
            )
        return self._error("has no length; write one such as 10m (minutes), 90s, 400mtr or 2km")

    def _rest(self, said: Said, extent: Extent) -> Segment:
        if extent.unit is ExtentUnit.DISTANCE:
            raise self._error("is a rest, in which the belt stands; give it a time")
        if not said.rest:
            self.losses.assumed("a target of 0 is a rest, in which the belt stands", self.step)
        return Segment(Head.REST, Facing.FORWARD, extent)

    def _named_kmh(self, found: _Found) -> list[float] | None:
        """The ends of the target beside a mark; None where it is no absolute pace."""
        if not all(token["pace"] and re.search(_PER, token["pace"], re.IGNORECASE) for token in found.targets):
            return None
        return [kmh for token in found.targets[:1] for kmh in self._absolute(token)]

    def _forward(self, head: Head, extent: Extent, found: _Found, said: Said) -> Segment:
        if "most" in found.words:
            raise self._error("is a maximal effort, which says no speed; write one such as 4:00/km Pace")
        if said.incline_pct or said.end_incline_pct:
            self.losses.changed("the incline stands in the text of the step", self.step)
        target, hold = self._target(found)
        target = replace(target, incline_pct=said.incline_pct, end_incline_pct=said.end_incline_pct)
        return Segment(head, Facing.FORWARD, extent, target, hold)

    # Its target

    def _target(self, found: _Found) -> tuple[Target, HeartHold | None]:
        paced = [token for token in found.targets if _is_pace(token)]
        if len(paced) > 1:
            first, second = (token[0].strip() for token in paced[:2])
            raise self._error(f"has two paces, {first} and {second}; a step has one")
        if not paced and found.targets:
            return self._held(found)
        if not paced:
            kmh = self.paces.easy(f"{self._place} says no speed")
            self.losses.assumed("a step without a speed goes at your easy speed", self.step)
            return Target(within_reach(kmh, self._place)), None
        if len(found.targets) > 1:
            self.losses.lost("the other target of a step that has a pace", self.step)
        return self._paced(paced[0], ramp="ramp" in found.words), None

    def _paced(self, token: re.Match[str], *, ramp: bool) -> Target:
        ends = self._absolute(token) if token["pace"] else self._relative(token)
        first, last = (within_reach(kmh, self._place) for kmh in ends)
        if first == last:
            return Target(self._tidy(token, first))
        if ramp:
            return Target(self._tidy(token, first), self._tidy(token, last))
        self.losses.changed("a range of paces is its middle", self.step)
        if token["pace"]:  # the middle of 5:00 and 5:10 is 5:05
            return Target(self._tidy(token, 2 / (1 / first + 1 / last)))
        return Target(self._tidy(token, (first + last) / 2))

    def _tidy(self, token: re.Match[str], kmh: float) -> float:
        """A share of the threshold as a treadmill sets it, a running pace as it is written."""
        if not token["pace"]:
            return tidied(kmh, self.losses, self.step)
        half_s = kmh * kmh / 7200  # a kilometre, which is what rounding to seconds leaves
        walked_kmh = tidy(kmh, half_s)
        return walked_kmh if kmh <= WALKED_KMH and abs(walked_kmh - kmh) <= half_s else kmh

    def _absolute(self, token: re.Match[str]) -> tuple[float, float]:
        """Both ends of 5:00-5:10/km in km/h."""
        units = re.findall(_PER, token["pace"], re.IGNORECASE)
        clocks = re.findall(_CLOCK, token["pace"])
        if not units:
            raise self._error(f"has a pace without a unit; write {clocks[0]}/km or {clocks[0]}/mi")
        if any(not _pace_s(clock) for clock in clocks):
            raise self._error("has a pace of 0:00, which is not a speed")
        first_unit = units[0] if len(units) == len(clocks) else units[-1]
        return _speed(clocks[0], first_unit), _speed(clocks[-1], units[-1])

    def _relative(self, token: re.Match[str]) -> tuple[float, float]:
        """Both ends of 78-82% Pace or Z2 Pace in km/h."""
        threshold_kmh = self.paces.threshold(f"{self._place} is relative to your threshold")
        if token["percent"]:
            low, high = _ends(token["percent"])
            return low * threshold_kmh / 100, high * threshold_kmh / 100
        if token["zone"].lower().startswith("c"):
            raise self._error(
                f"has the custom zone {token['zone']}, which is not known here; write one such as 80% Pace"
            )
        low_zone, high_zone = (int(zone) for zone in _ends(token["zone"]))
        if not 1 <= low_zone <= high_zone <= len(ZONES_PCT):
            raise self._error(f"has a pace zone that is not there; they go from Z1 to Z{len(ZONES_PCT)}")
        if high_zone == len(ZONES_PCT):
            raise self._error("has a pace zone without a faster end, so it is not a speed; write one such as 115% Pace")
        zones = "pace zones are those of a new account, where Z2 is 77.5 to 87.7 % of the threshold speed"
        self.losses.assumed(zones, self.step)
        high_kmh = ZONES_PCT[high_zone] * threshold_kmh / 100
        if low_zone > 1:
            return ZONES_PCT[low_zone - 1] * threshold_kmh / 100, high_kmh
        easy_kmh = min(self.paces.easy(f"{self._place} has a pace zone without a slower end"), high_kmh)
        self.losses.assumed("pace zone Z1 has no slower end, your easy speed was taken for it", self.step)
        return easy_kmh, easy_kmh if high_zone == 1 else high_kmh

    def _held(self, found: _Found) -> tuple[Target, HeartHold]:
        """A heart rate that the belt follows."""
        token = next((token for token in found.targets if _is_heart(token)), None)
        if token is None:
            raise self._no_speed(found.targets[0])
        if "ramp" in found.words:
            self.losses.changed("a ramp of the heart rate is one band", self.step)
        low_kmh, high_kmh = bounds_kmh(self.paces, self._place)
        self.losses.assumed(
            "the belt follows the heart within the given speeds and starts at the slower one", self.step
        )
        return Target(low_kmh), HeartHold(self._band(token), low_kmh, high_kmh)

    def _band(self, token: re.Match[str]) -> HeartRange:
        low, high = _ends(token["zone"] or token["percent"])
        unit = (
            HeartUnit.ZONE if token["zone"] else HeartUnit.MAX if token["of"].lower() == "hr" else HeartUnit.THRESHOLD
        )
        if unit is HeartUnit.ZONE:
            zones = "heart zones are those of coach, in percent of the maximum; intervals.icu may count others"
            self.losses.assumed(zones, self.step)
        return heart_band(low, high, unit, self._place, self.step, self.losses)

    def _no_speed(self, token: re.Match[str]) -> ConvertError:
        target = token[0].strip()
        if token["bpm"]:
            return self._error(f"has the heart rate {target}, which intervals.icu does not know; write 70-80% HR")
        share = not token["watts"] and not token["of"] and not target.lower().startswith("c")
        pace = f"{target} Pace" if share else "80% Pace"
        return self._error(f"has the power target {target}, which is no speed for a belt; write {pace} or 5:00/km Pace")


def _is_pace(token: re.Match[str]) -> bool:
    return bool(token["pace"]) or (token["of"] or token["in"] or "").lower() == "pace"


def _is_heart(token: re.Match[str]) -> bool:
    return (token["of"] or token["in"] or "").lower() in _SHARES


def _unit(text: str) -> str:
    """As METRES has it; that letters like the dotted and the dotless Turkish i are one counts for patterns too."""
    plain = text.casefold().replace("\u0307", "").replace("\u0131", "i")
    return _SPELT.get(plain, plain)


def _seconds(text: str) -> float:
    """1h30m, 1m30, 5m30s, 1'30 and 90s; the smallest part may have no unit."""
    seconds, before = 0.0, ""
    for amount, written in re.findall(rf"({_N})([hm'\"s]?)", text.lower().replace("''", '"')):
        unit = written or ("m" if before == "h" else "s")
        seconds += float(amount) * _SECONDS[unit]
        before = unit
    return seconds


def _ends(text: str) -> tuple[float, float]:
    """Both numbers of a range; one stands for both."""
    found = [float(amount) for amount in re.findall(_N, text)]
    return found[0], found[-1]


def _pace_s(clock: str) -> int:
    minutes, seconds = clock.split(":")
    return int(minutes) * 60 + int(seconds)


def _speed(clock: str, unit: str) -> float:
    """A pace in km/h."""
    return 3.6 * METRES[_unit(unit[1:])] / _pace_s(clock)
