"""The pictures of the README, made again: `python -m tests.screens [FOLDER]`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.screens.pictures import FOLDER, drawn


async def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async for name, text in drawn():
        path = folder / f"{name}.svg"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path}  {len(text.encode()):,} bytes")


if __name__ == "__main__":
    asyncio.run(_write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
