"""Runs blocks of Scala in spark-shells, one for each page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import programs

if TYPE_CHECKING:
    from pathlib import Path

    from blocks import Block


@dataclass(frozen=True)
class Answer:
    """What a block printed, and whether it compiled and threw nothing."""

    printed: str
    is_whole: bool


def run(blocks: list[Block], folder: Path) -> dict[Block, Answer]:
    """Run blocks in a folder, and pages apart: what one defines or imports the next has not."""
    # A shell after `:reset` will not do: it names its classes as before, and Spark 4's tasks take
    # those of before.
    answers = {}
    for _, page in groupby(blocks, key=lambda block: block.page):
        answers.update(_run_page(list(page), folder))
    return answers


def _run_page(blocks: list[Block], folder: Path) -> dict[Block, Answer]:
    lines = []
    for number, block in enumerate(blocks):
        file = folder / f"block{number}.scala"
        file.write_text(f'{block.text}\nprintln("{_end(number)}")\n', encoding="utf-8")
        # In two parts, since the shell repeats what it reads.
        lines += [f'println("<block " + "{number} begins>")', f":paste {file}"]
    done = programs.run(programs.spark_shell(), input="\n".join(lines) + "\n", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    told = done.stdout.replace(str(folder), "/home/me")
    answers = {}
    for number, block in enumerate(blocks):
        part = told.partition(_begin(number))[2].partition(_begin(number + 1))[0]
        printed, reached, _ = part.partition(_end(number))
        # What a shell says of an exception is on standard error.
        answers[block] = Answer(printed if reached else part + done.stderr[-3000:], bool(reached))
    return answers


def _begin(number: int) -> str:
    return f"<block {number} begins>"


def _end(number: int) -> str:
    return f"<block {number} has ended>"
