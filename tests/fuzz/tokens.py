"""The words of each format: what a mutation puts in, beside what it takes from other inputs."""

from __future__ import annotations

from typing import Final

WORDS: Final = (
    b"- ", b"  ", b"\n", b": ", b" #", b"'", b'"', b"{", b"}", b"[", b"]", b", ", b"&a ", b"*a", b"!!x ", b"|\n",
    b">\n", b"%YAML", b"@", b"$x", b"->", b"..", b"\t", b"km/h", b" mph", b" m", b" /km", b"min", b"repeat: 99999\n",
    b"use: a\n", b"steps:\n", b"define:\n", b"backward: ", b"forward: ", b"rest: ", b"between:\n",
    b"vary: {a: [1, 2]}\n", b"<<: *a\n", b"---\n", b"...\n", b"heart: zone 2\n", b"within: 5 .. 6 km/h\n",
    b"until: heart < 100 bpm\n", b"say: {half: x}\n", b"to 1 km", b"open", b"mark: x\n", b"level: rehab\n",
    b"limits: {heart: 150 bpm}\n", b"params: {x: 5 km/h}\n", b"60 % of $x", b"? ", b"# coach: ignore x\n",
)  # fmt: skip
JSON: Final = (
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\ud800", b"\\u0000", b"null", b"true", b"false", b"NaN",
    b"1e999", b"-Infinity", b'"at_s"', b'"event"', b'"heard"', b'"writes"', b'"guard"', b'"said"', b'"summary"',
    b'"ended"', b'"journal"', b'"kind"', b'"stop"', b'"got"', b'"drawn"', b'"serial"', b'"schema"', b'"ts"', b'"id"',
    b'"inf"', b"[]", b"{}", b'""', b"-1", b"1e300",
)  # fmt: skip
TOML: Final = (
    b"[", b"]", b"[[", b"=", b".", b'"""', b"'''", b"{", b"}", b"2026-05-04", b"inf", b"nan", b"true",
    b"[runner.x]\n", b"[mqtt]\n", b"_", b'_env_file = "x"\n', b"_cli_parse_args = true\n", b"params = {easy = 1}\n",
    b"# x\n", b"0x", b"1e400", b"self = 1\n", b"level = ",
)  # fmt: skip
XML: Final = (
    b"<", b"/>", b">", b'"', b"&amp;", b"&#0;", b"&#xD800;", b"&x;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"<?xml version='1.0'?>", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<SteadyState ", b"<IntervalsT ", b"<textevent ",
    b"Repeat=", b"Duration=", b"Power=", b"<row ", b"speed=", b"duration=", b"<repeat times='9999'>", b"</repeat>",
    b"xmlns:a='b' a:", b"encoding='utf-16'",
)  # fmt: skip
ICU: Final = (
    b"- ", b"\n", b"9999x\n", b"3x\n", b"m ", b"mtr", b"km", b"%", b" Pace", b" HR", b"Z2", b"ramp ", b"5:00/km",
    b"LTHR", b"[10]",
)  # fmt: skip
MQTT: Final = (
    *JSON,
    b"coach/", b"all/", b"/cmd/stop", b"/cmd/", b"state\n", b"\n", b"/", b"+", b"#", b'"trips":["x"]',
    b'"ts":1700000000',
)  # fmt: skip
HTTP: Final = (
    b"\r\n", b"\r\n\r\n", b"\n", b": ", b"Host: x\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
    b"Upgrade: websocket\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"HTTP/1.0",
    b"HTTP/2.0", b"POST", b"HEAD", b"OPTIONS", b"%00", b"/../", b"Connection: keep-alive\r\n",
    b"Content-Encoding: gzip\r\n", b"\x81\xfe", b"\x81\xff", b"\x88\x80", b"\x89\x80", b"\x00\x80", b"\xf1",
    b"Cookie: a=b\r\n", b"Sec-WebSocket-Extensions: permessage-deflate\r\n",
    b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    b"0\r\n\r\n", b"fffffffff\r\n",
)  # fmt: skip
FRAMES: Final = (
    b"\xff\xff", b"\xff\x7f", b"\x00\x80", b"\x00\x00", b"\x01\x00", b"\xff?", b"\xfe\xff", b"\x00 ", b"\x9e\x04",
    b"\x80\x00\x01", b"\xff\xff\xff\xff\xff\xff\xff\xff",
)  # fmt: skip
FIT: Final = (
    b"@\x00\x00", b"A", b"\x00", b"\xff\xff\xff\xff", b"\x07", b"\x1b\x00", b"\x1a\x00", b"\x86", b"\x84", b"\xfe",
    b"\x80\x80\x80\x80",
)  # fmt: skip
