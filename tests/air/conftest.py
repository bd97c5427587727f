from collections.abc import Callable

import pytest


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in this process: exit code, output, errors."""
    from coach.__main__ import main

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["coach", *words])
        with pytest.raises(SystemExit) as done:
            main()
        captured = capsys.readouterr()
        return int(str(done.value.code)), captured.out, captured.err

    return run
