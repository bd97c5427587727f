from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def settings(home: Path) -> Callable[[str], Path]:
    """Write the settings of this user."""

    def write(text: str) -> Path:
        file = home / "config" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write
