"""The pages that the tests expect, as files beside them."""

from tests.show.shown import HERE


def golden(name: str) -> str:
    """The text of one."""
    return (HERE / "golden" / f"{name}.txt").read_text(encoding="utf-8")
