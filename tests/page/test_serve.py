"""What stands round each file of the page: a policy that every browser understands."""

from __future__ import annotations

import pytest
from aiohttp import web

from coach.page.serve import _guarded


@pytest.mark.parametrize(
    ("here", "live"),
    [("192.168.1.20:8000", "connect-src 'self' ws://192.168.1.20:8000;"), ("[::1]:8000", "connect-src 'self';")],
)
def test_a_policy_names_no_ipv6_address(here: str, live: str) -> None:
    assert live in _guarded(web.Response(), here).headers["Content-Security-Policy"]
