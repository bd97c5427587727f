"""The pictures of the README, made again: `python -m tests.screens [FOLDER]`."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from pathlib import Path

from tests.screens.pictures import FOLDER, drawn


async def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async for name, text in drawn():
        path = folder / f"{name}.svg"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path}  {len(text.encode()):,} bytes")


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m tests.screens", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, metavar="FOLDER", help="another one")
    asyncio.run(_write(parser.parse_args().folder))
