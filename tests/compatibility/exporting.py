"""Writes models to be measured, each with example rows and TensorFlow's own answers.

``python exporting.py FOLDER PART...`` writes the cases of these modules beside those that are
there, and keeps group and name of each in ``names.json``. An export that fails ends the run: it
is the case's mistake.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = "names.json"


def names(folder: Path) -> dict[str, tuple[str, str]]:
    """Group and name by the folder's name, in the order of the page."""
    kept = folder / NAMES
    return json.loads(kept.read_text()) if kept.is_file() else {}


def cases(parts: list[str]) -> Iterator[tuple]:
    for part in parts:
        yield from importlib.import_module(part).cases()


def export(folder: Path, parts: list[str]) -> None:
    import keras
    import tfpredict

    known = names(folder)
    for group, name, build, rows in cases(parts):
        number = f"{len(known):04d}"
        keras.utils.set_random_seed(len(known))
        try:
            tfpredict.export(build(), folder / number, examples=rows)
        except Exception as failed:
            raise SystemExit(f"cannot export {group}: {name}: {failed}") from failed
        known[number] = (group, name)
        keras.backend.clear_session()
        print(f"\r{len(known)} exported", end="", file=sys.stderr)
    print(file=sys.stderr)
    (folder / NAMES).write_text(json.dumps(known))


if __name__ == "__main__":
    export(Path(sys.argv[1]), sys.argv[2:])
