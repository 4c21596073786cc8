"""Where results go: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict.cli._tables import local_path
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

# What Spark writes into a folder: parts, marks, and folders of partitions.
_WRITTEN = re.compile(r"part-.*|[._].*|[^=]+=.*")


@contextlib.contextmanager
def written_whole(output: str, overwrite: bool, source: str) -> Iterator[Path]:
    """Give a folder to write into, which becomes the local `output` when the block ends well.

    It stands beside the output, hidden, and is renamed; what the output held is removed only then.
    If the block fails nothing of it stays.
    """
    target = local_path(output)
    if target is None:
        raise TfpredictException(f"output {output}: expected a path of this machine's disk.")
    target = target.absolute()
    _check(target, overwrite, source)
    beside = next(folder for folder in target.parents if folder.is_dir())
    mark = uuid.uuid4().hex[:8]
    temporary, aside = (beside / f".{target.name}-{mark}.{end}" for end in ("tmp", "old"))
    try:
        yield temporary
        target.parent.mkdir(parents=True, exist_ok=True)
        if overwrite and target.exists():
            target.rename(aside)
        try:
            temporary.rename(target)
        except BaseException:
            if aside.exists():
                aside.rename(target)
            raise
    finally:
        for left in (temporary, aside):
            _remove(left)


def _check(target: Path, overwrite: bool, source: str) -> None:
    above = next(place for place in target.parents if place.exists())
    if not above.is_dir():
        raise TfpredictException(f"output {target}: {above} is a file; name a folder's path.")
    if not os.access(above, os.W_OK):
        raise TfpredictException(f"output {target}: this user may not write into {above}.")
    if not target.exists():
        return
    if not overwrite:
        raise TfpredictException(
            f"output {target} exists already: give --overwrite to replace it, or another output."
        )
    read = local_path(source)
    if read is not None:
        place = read.resolve()
        if place == target.resolve() or target.resolve() in place.parents:
            raise TfpredictException(f"output {target} holds the input: name another output.")
    strange = sorted(
        entry.name
        for entry in (target.iterdir() if target.is_dir() else ())
        if not _WRITTEN.fullmatch(entry.name)
    )
    if strange:
        raise TfpredictException(
            f"output {target} holds what no Spark job wrote, such as {strange[0]}: it is not "
            "replaced; name another output."
        )


def _remove(left: Path) -> None:
    # A task that was told to end may write for a moment more.
    for _ in range(50):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.exists():
            left.unlink()
        if not left.exists():
            return
        time.sleep(0.1)
