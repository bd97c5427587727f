"""A text that is no value: why not, and what to write instead. The order is that of what helps most.

Everything here ends in an UnreadableError with the offset of the part at fault.
"""

from __future__ import annotations

import difflib
import re
from math import radians, tan
from typing import Final, NoReturn

from coach.script.problem import UnreadableError, named, number, quoted
from coach.script.unit import (
    ANY,
    BARE,
    CLOCK,
    COUNT,
    EXTENT,
    FEWEST_METRES,
    FOR_KIND,
    NAME,
    NUMBER,
    SPEED,
    UNITS,
    Kind,
    Quantity,
    Want,
)

# Other people's spellings, and the one that the language knows.
_SPELLINGS: Final = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", '"': "s", "''": "s",
    "mins": "min", "minute": "min", "minutes": "min", "'": "min",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "std": "h", "stunde": "h", "stunden": "h",
    "sek": "s", "sekunde": "s", "sekunden": "s", "minuten": "min", "\u2032": "min", "\u2033": "s",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "mtr": "m",
    "kms": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km", "k": "km",
    "mile": "mi", "miles": "mi",
    "kmh": "km/h", "kph": "km/h", "km/std": "km/h", "km/hr": "km/h", "kmph": "km/h", "km per hour": "km/h",
    "mi/h": "mph", "miles/h": "mph", "m/h": "mph", "mps": "m/s",
    "percent": "%", "pct": "%", "per cent": "%", "prozent": "%",
    "min/km": "/km", "min/mi": "/mi", "min/mile": "/mi", "/mile": "/mi", "per km": "/km",
}  # fmt: skip
_QUOTES: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"  # that a word processor makes of plain ones
DECIMAL_COMMA: Final = re.compile(r"(?<![0-9])([0-9]+),([0-9]+)")  # each row of digits is looked at once
_UNIT: Final = r"[A-Za-z/%'\"]*(?:[ \t]*/[ \t]*(?:km|mi)|[ \t]+min/(?:km|mi))?"
_CLOCK_OR_NUMBER: Final = r"[0-9]{1,4}:[0-9]{2}|[0-9]{1,9}(?:\.[0-9]{1,9})?"
BETWEEN: Final = re.compile(  # two ends as other programs write them
    rf"(?P<first>{_CLOCK_OR_NUMBER})[ \t]*(?P<one>{_UNIT})[ \t]*(?:-|=?>|->|\.\.+|to|bis|/)[ \t]*"
    rf"(?P<last>{_CLOCK_OR_NUMBER})[ \t]*(?P<unit>{_UNIT})"
)
_LOOSE_TIME: Final = re.compile(  # 1h30, 1m30, 1h 30m, 1'30": as other programs write a time
    r"(?:([0-9]{1,2})[ \t]*h(?:rs?|ours?)?[ \t]*)?(?:([0-9]{1,4})[ \t]*(?:m|min|')[ \t]*)?"
    r"(?:([0-9]{1,4})[ \t]*(?:s|sec|\"|'')?)?"
)
_SPEED_AT_END: Final = re.compile(rf"(?:km/h|mph|m/s|/km|/mi|\${NAME})$")
_DEGREES: Final = re.compile(rf"({NUMBER})[ \t]*(?:\u00b0|deg|degrees?|grad)")
_HEART: Final = re.compile(r"z(?:one)?[ _-]*[1-5]|.*[0-9][ \t]*(?:bpm|%[ \t]*(?:max|hrr|lthr))", re.IGNORECASE)
_HEART_WORD: Final = re.compile(r"(?:heart(?:[ \t_-]*rate)?|hr)(?![a-z])[ \t:=]*", re.IGNORECASE)
_BELOW: Final = "write the speed to begin at, and below it"
_SOME_RATE: Final = re.compile(rf"[<>~]?[ \t]*{NUMBER}[ \t]*(?:(?:\.\.|-|->|to)[ \t]*{NUMBER})?")
_NO_COMMA: Final = re.compile(rf"(.*(?:km/h|mph|m/s|/km|/mi|\${NAME}))[ \t]*({NUMBER})[ \t]*%")  # 8 km/h 1 %
_WRONG_SUM: Final = re.compile(rf"\$({NAME})[ \t]*([+-])[ \t]*(\S.*)")
_WRONG_PART: Final = re.compile(
    rf"({NUMBER})[ \t]*(%|percent|[*x])[ \t]*(?:of[ \t]+)?\$({NAME})|\$({NAME})[ \t]*[*x][ \t]*({NUMBER})"
)
_VALUE_AT_END: Final = re.compile(
    r"(?<![$\w.:])[0-9][0-9.:]*[ \t]*(?:km/h|mph|m/s|/km|/mi|min|bpm|km|mi|%|s|m|h)?[ \t]*$"
)
_LOOSE_MINUS: Final = re.compile(r"(?<=[,@])[ \t]*-[ \t]+(?=[0-9])")
ABOUT_BPM: Final = 5  # either side of one rate that somebody wrote for a range
LONGEST_MENDED: Final = 200  # characters; no step is longer, and each dash is held against all of them
_INSTEAD: Final = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200b": "", "\t": " ",
    "\u2192": "->", "\u00d7": "x", "\u2032": " min", "\u2033": " s", "\uff05": "%", "\uff20": "@",
    "\u2264": "<", "\u2265": ">", "\u2019": " min", "\u201d": " s",
}  # fmt: skip


def diagnose(text: str, want: Want, at: int) -> NoReturn:
    """Say why a text is no quantity; the order is that of what helps most."""
    if not text:
        raise UnreadableError("value-missing", f"{want.what} is missing here", to_write(want), at)
    if comma := DECIMAL_COMMA.search(text):
        decimal_comma(comma, at)
    lower = text.lower()
    if re.match(r"[+-]?(nan|inf(inity)?)\b", lower) or re.match(r"[+-]?[0-9.]+e[+-]?[0-9]+", lower):
        raise UnreadableError(
            "not-a-number", f"{quoted(text)} is not a plain number", "write digits, such as 5 or 4.5", at
        )
    if re.match(r"[+-]?[0-9]{10}", text) or re.match(r"[+-]?[0-9]+\.[0-9]{10}", text):
        raise UnreadableError("not-a-number", f"{quoted(text)} has more digits than a treadmill can use", None, at)
    if clock := re.fullmatch(r"([0-9]+):([0-9]+)((?::[0-9]+)?)([ \t]*/(?:km|mi))?", text):
        _bad_clock(text, clock, at)
    if percent := re.fullmatch(rf"%[ \t]*({NUMBER})", text):
        raise UnreadableError("unreadable-value", f"in {quoted(text)} the % comes first", f"write {percent[1]} %", at)
    _diagnose_time(text, want, at)
    if want is EXTENT and (ends := BETWEEN.fullmatch(text)):
        fix = f"write one of the two, such as {ends['last']} {ends['unit'].strip()}".rstrip()
        raise UnreadableError("unreadable-value", f"{quoted(text)} is a range; a step has one length", fix, at)
    if re.search("km/h|mph|m/s|/km|/mi", text) and Kind.TIME in want.kinds and Kind.DISTANCE in want.kinds:
        _speed_without_at(text, want, at)
    if want is SPEED and (both := _NO_COMMA.fullmatch(text)):
        fix = f"write {both[1].rstrip()}, and incline: {both[2]} % as a key of its own"
        raise UnreadableError("unreadable-value", f"{quoted(text)} is a speed and an incline", fix, at)
    _diagnose_unit(text, want, at)
    fix = to_write(want)
    if re.fullmatch(NAME, text) and want is not COUNT:
        fix = f"write ${text} if that is a parameter, else {want.what} such as {want.example.split(',')[0]}"
    raise UnreadableError("unreadable-value", f"cannot read {quoted(text)} as {want.what}", fix, at)


def other_kind(text: str, quantity: Quantity, want: Want, at: int) -> NoReturn:
    """A quantity of a kind that the field does not take."""
    if quantity.kind is Kind.COUNT or (want is SPEED and CLOCK.fullmatch(text)):
        _bare(text, want, at)
    if want is COUNT:
        digits = re.match("[0-9]+", text)
        fix = f"write {digits[0]}" if digits else to_write(want)
        raise UnreadableError("wrong-unit", f"{quoted(text)} is {quantity.kind}; {want.what} is needed here", fix, at)
    if quantity.kind is Kind.PERCENT and want is SPEED:
        fix = f"write {text} of $x, with a speed for x under params:"
        raise UnreadableError("wrong-unit", f"{quoted(text)} is a share, and nothing says of what", fix, at)
    if quantity.kind is Kind.SPEED and want is EXTENT:
        _speed_without_at(text, want, at)
    raise UnreadableError(
        "wrong-unit", f"{quoted(text)} is {quantity.kind}; {want.what} is needed here", to_write(want), at
    )


def other_ends(text: str, ends: re.Match[str], want: Want, between: str, at: int) -> NoReturn:
    """Two ends that are written as another program has them."""
    unit = _SPELLINGS.get(ends["unit"].lower().strip(), ends["unit"].strip()) or FOR_KIND[want.kinds[0]]
    ramp = f"{ends['first']} {between} {ends['last']} {unit}".rstrip()
    if between != "->":
        raise UnreadableError("unreadable-value", f"cannot read {quoted(text)} as two speeds", f"write {ramp}", at)
    message = f"{quoted(text)} is a range; the belt has one {want.what.split()[-1]} at a time"
    raise UnreadableError("unreadable-value", message, f"write one of the two, or a ramp: {ramp}", at)


def no_sum(text: str, want: Want, at: int) -> UnreadableError:
    """The problem of a text with a $ that is none of the three forms."""
    return UnreadableError("unreadable-value", f"cannot work out {quoted(text)}", f"write {_sum_meant(text, want)}", at)


def to_write(want: Want) -> str:
    """The fix that says what a field takes."""
    return f"write {want.what}, such as {want.example}"


def no_heart(text: str, at: int, where: str) -> None:
    """Say of what stands for a speed that it is a heart rate, and `where` one may stand."""
    stripped = text.strip()
    word = _HEART_WORD.match(stripped)
    rate = stripped[word.end() :] if word else stripped
    if _HEART.fullmatch(rate) or (word and _SOME_RATE.fullmatch(rate)):
        at += len(text) - len(text.lstrip())
        fix = f"{where} heart: {_heart_meant(rate)} and within: 5 .. 7.5 km/h"
        raise UnreadableError("wrong-unit", f"{quoted(stripped)} is a heart rate; a speed is needed here", fix, at)


def no_speed_alone(text: str, at: int, *, alone: bool) -> None:
    """Say of what stands behind the @ that it is a heart rate, or a speed and an incline without their comma."""
    no_heart(text, at, _BELOW)
    stripped = text.strip()
    at += len(text) - len(text.lstrip())
    if alone and (both := _NO_COMMA.fullmatch(stripped)):
        message = f"a comma is missing between speed and incline in {quoted(stripped)}"
        raise UnreadableError("unreadable-value", message, f"write {both[1].rstrip()}, {both[2]} %", at)


def comma_for_at(text: str) -> NoReturn:
    """A step whose extent and speed have a comma between them."""
    if comma := DECIMAL_COMMA.search(text):
        decimal_comma(comma, 0)
    left, _, right = text.partition(",")
    whole = left.strip() and _SPEED_AT_END.search(right.partition(",")[0].rstrip())
    fix = f"write {left.strip()} @ {right.strip()}" if whole else "a step is EXTENT @ SPEED, INCLINE"
    raise UnreadableError("at-missing", "a comma stands where an @ is needed", fix, len(left))


def decimal_comma(comma: re.Match[str], at: int) -> NoReturn:
    """A comma within a number, be it for the decimals or for the thousands."""
    if len(comma[2]) == 3 and comma[1].strip("0") and len(comma[1]) <= 3:
        message = f"{quoted(comma[0])} has a comma within its number"
        raise UnreadableError("decimal-comma", message, f"write {comma[1]}{comma[2]}", at + comma.start())
    fixed = f"{comma[1]}.{comma[2]}"
    raise UnreadableError(
        "decimal-comma", f"{quoted(comma[0])} has a decimal comma", f"write {fixed}", at + comma.start()
    )


def odd_character(text: str, at: int, between: str | None = None) -> NoReturn:
    """A character that no keyboard has for what is meant; `between` stands between two ends, where two may be."""
    index = next(index for index, sign in enumerate(text) if not sign.isascii())
    message = f"there is {_article(named(text[index]))} in {quoted(text.strip())}"
    raise UnreadableError("odd-character", message, _plainly(text, between), at + index)


def odd_line(text: str) -> NoReturn:
    """The same of a whole step: behind its @ a speed and an incline may have two ends."""
    begin = next(index for index, sign in enumerate(text) if not sign.isascii())
    if "@" in text[:begin]:
        left, _, right = text.partition("@")
        plain = "".join("-" if _INSTEAD.get(sign) == "-" else sign for sign in right)
        no_heart(plain.partition(",")[0], len(left) + 1, _BELOW)
    odd_character(text, 0, "->" if "@" in text[:begin] else None)


def _diagnose_time(text: str, want: Want, at: int) -> None:
    """A time or a pace as other programs write it."""
    if pace := re.fullmatch(r"([0-9]{1,2})[.']([0-9]{2})(?:\"|'')?[ \t]*(?:min[ \t]*)?/[ \t]*(km|mi)", text):
        fix = f"write {pace[1]}:{pace[2]} /{pace[3]}"
        raise UnreadableError("unreadable-value", f"{quoted(text)} is not a pace; a pace has a colon", fix, at)
    if clock := re.fullmatch(r"([0-9]{1,4}:[0-9]{2}(?::[0-9]{2})?)[ \t]*(min|h|s)(?:[a-z]*)", text):
        message = f"{quoted(text)} has a colon and a unit; the colon says it all"
        raise UnreadableError("unreadable-value", message, f"write {clock[1]}", at)
    loose = _LOOSE_TIME.fullmatch(text)
    if Kind.TIME not in want.kinds or loose is None or sum(part is not None for part in loose.groups()) < 2:
        return
    hours, minutes, seconds = loose.groups()
    if hours is not None and minutes is None:  # 1h30 is an hour and a half
        minutes, seconds = seconds, None
    parts = [f"{part} {unit}" for part, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if part is not None]
    raise UnreadableError("unknown-unit", f"cannot read {quoted(text)} as a time", f"write {' '.join(parts)}", at)


def _diagnose_unit(text: str, want: Want, at: int) -> None:
    match = re.fullmatch(r"([0-9]+:[0-9]{2}|[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[ \t]*(.*)", text)
    if match is None:
        return
    digits, unit = match[1], match[2].strip()
    if not unit:
        _bare(text, want, at)
    if degrees := _DEGREES.fullmatch(text):
        raise UnreadableError("unknown-unit", f"{quoted(unit)} is not a unit of incline", _in_percent(degrees[1]), at)
    known = _SPELLINGS.get(unit.lower()) or (unit.lower() if unit.lower() in UNITS else None)
    if unit in UNITS and ":" not in digits:  # then it is the number: 5. or .5
        fixed = f"{float(digits):g} {unit}"
        raise UnreadableError("not-a-number", f"{quoted(text)} begins or ends with a point", f"write {fixed}", at)
    if known is None and (close := difflib.get_close_matches(unit.lower(), [*UNITS, *_SPELLINGS], 1, 0.7)):
        known = _SPELLINGS.get(close[0], close[0])
    fix = f"did you mean {digits} {known}?" if known else to_write(want)
    raise UnreadableError("unknown-unit", f"{quoted(unit)} is not a unit that coach knows", fix, at + match.start(2))


def two_bare(amount: str, speed: str, rest: str) -> NoReturn:
    """Neither the extent nor the speed of a step has a unit: told at once, since one fix does for both."""
    amount = amount.lstrip("+-")
    unit = "min" if float(amount) < FEWEST_METRES else "m"
    fix = f"write {amount} {unit} @ {speed} km/h{',' if rest else ''}{rest.rstrip()}"
    raise UnreadableError("bare-number-needs-unit", f"{amount} and {speed} have no units", fix, 0)


def _bare(text: str, want: Want, at: int) -> NoReturn:
    if ":" in text and want is SPEED:
        fix = f"for a pace write {text} /km or {text} /mi"
        raise UnreadableError("bare-number-needs-unit", f"{text} is a time; {want.what} is needed here", fix, at)
    if want is COUNT:
        message = f"{text} is {'no' if float(text).is_integer() else 'not a whole'} number of rounds"
        raise UnreadableError("out-of-range", message, f"write {max(round(float(text)), 1)}", at)
    few = want is EXTENT and float(text) < FEWEST_METRES
    units = ("min", "km") if few else filter(None, (FOR_KIND[kind] for kind in want.kinds))
    choices = " or ".join(f"{text} {unit}" for unit in units)
    fix = to_write(want) if want is ANY or not choices else f"write {choices}"
    raise UnreadableError("bare-number-needs-unit", f"{text} has no unit; {want.what} is needed here", fix, at)


def _bad_clock(text: str, clock: re.Match[str], at: int) -> NoReturn:
    if clock[4] is not None and not (clock[1] + clock[2]).strip("0"):
        raise UnreadableError(
            "out-of-range", f"a pace of {text} would be endlessly fast", "write one such as 6:00 /km", at
        )
    if len(clock[2]) == 1:
        fixed = f"{clock[1]}:0{clock[2]}{clock[3]}"
        raise UnreadableError("unreadable-value", f"{quoted(text)} has one digit after the colon", f"write {fixed}", at)
    fix = "1:30 is one minute and thirty seconds, 1:30:00 is an hour and a half"
    raise UnreadableError("unreadable-value", f"in {quoted(text)} minutes and seconds go to 59", fix, at)


def _speed_without_at(text: str, want: Want, at: int) -> NoReturn:
    if found := re.fullmatch(
        rf"(.*?\S)[ \t]+(?:at[ \t]+)?((?:{NUMBER}|[0-9]+:[0-9]+)[ \t]*(?:km/h|mph|m/s|/km|/mi).*)", text
    ):
        fix = f"write {found[1]} @ {found[2]}"
        raise UnreadableError(
            "at-missing", f"an @ is missing before the speed in {quoted(text)}", fix, at + found.start(2)
        )
    raise UnreadableError(
        "wrong-unit", f"{quoted(text)} is a speed; {want.what} is needed here", "a step is EXTENT @ SPEED, INCLINE", at
    )


def _heart_meant(text: str) -> str:
    if zone := re.fullmatch("[a-z _-]+([1-5])", text, re.IGNORECASE):
        return f"zone {zone[1]}"
    if rate := re.fullmatch("[0-9]{2,3}(?:[ \t]*bpm)?", text, re.IGNORECASE):
        about = int(re.sub("[^0-9]", "", rate[0]))
        return f"{about - ABOUT_BPM}..{about + ABOUT_BPM} bpm"
    band = re.fullmatch(rf"({NUMBER})[ \t%]*(?:\.\.|->|-|to)[ \t]*({NUMBER})[ \t]*(\D*)", text.lower())
    return f"{band[1]}..{band[2]} {''.join(band[3].split()) or 'bpm'}" if band else "zone 2"


def _sum_meant(text: str, want: Want) -> str:
    if named_in_braces := re.fullmatch(rf"\$\{{[ \t]*({NAME})[ \t]*\}}", text):
        return f"${named_in_braces[1]}"
    if part := _WRONG_PART.fullmatch(text):
        share = float(part[1] or part[5]) * (1 if part[2] in ("%", "percent") else 100)
        return f"{number(share)} % of ${part[3] or part[4]}"
    if (added := _WRONG_SUM.fullmatch(text)) and "$" not in added[3]:
        unit = f" {FOR_KIND[want.kinds[0]]}" if BARE.fullmatch(added[3]) and want is not COUNT else ""
        return f"${added[1]} {added[2]} {added[3]}{unit}"
    if unit_behind := re.fullmatch(rf"\$({NAME})[ \t]+(\S+)", text):
        return f"${unit_behind[1]} alone; its unit stands with its value, such as {unit_behind[1]}: 5 {unit_behind[2]}"
    return "$x, 60 % of $x or $x + 0.5 km/h; values know nothing more"


def _plainly(text: str, between: str | None) -> str | None:
    """The fix for an odd character: the text with plain ones, where those say what was meant."""
    if degrees := _DEGREES.search(text):
        return _in_percent(degrees[1])
    bare = text.strip()
    bare = bare.strip(_QUOTES) if bare[:1] in _QUOTES else bare
    if len(bare) > LONGEST_MENDED:
        return None
    signs = [_sign_meant(bare, index, between) for index in range(len(bare))]
    if None in signs:
        return None
    fixed = _LOOSE_MINUS.sub(" -", "".join(filter(None, signs))).strip()
    return f"write {fixed}" if fixed and fixed.isascii() else None


def _sign_meant(text: str, index: int, between: str | None) -> str | None:
    """The plain sign for one; None for a dash behind a value where no second end may stand: 5-6 min says nothing."""
    sign, before, after = text[index], text[:index], text[index + 1 :].lstrip()
    if sign == "\u2026":
        return between or "->"
    if sign.isascii() or _INSTEAD.get(sign) != "-" or after[:1] == ">" or not _VALUE_AT_END.search(before):
        return _INSTEAD.get(sign, sign)
    return _around(before, between, text[index + 1 :]) if between and after[:1].isdigit() else None


def _around(before: str, between: str, after: str) -> str:
    """The sign between two ends, with blanks where there are none."""
    return " " * (not before[-1:].isspace()) + between + " " * (not after[:1].isspace())


def _in_percent(degrees: str) -> str:
    return f"an incline is in percent: {degrees} degrees are {number(round(100 * tan(radians(float(degrees))), 1))} %"


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
