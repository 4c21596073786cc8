"""Runs blocks of Scala in one spark-shell: a JVM's start for all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import programs

if TYPE_CHECKING:
    from pathlib import Path

    from blocks import Block


# A session keeps its names after `:reset`, where they belong to classes that are loaded no more.
FORGET = (
    "{ val names = spark.sessionState.functionRegistry; "
    "names.listFunction().foreach(name => if (names.lookupFunction(name).exists("
    '_.getClassName.startsWith("tfpredict."))) names.dropFunction(name)) }'
)


@dataclass(frozen=True)
class Answer:
    """What a block printed, and whether it compiled and threw nothing."""

    printed: str
    is_whole: bool


def run(blocks: list[Block], folder: Path) -> dict[Block, Answer]:
    """Run blocks in a folder, and pages apart: what one defines or imports the next has not."""
    # A `LocalModel` cannot load TensorFlow after `:reset`, as docs/scala.md says, so the page that
    # has one comes first.
    local = {block.page for block in blocks if "LocalModel.load" in block.text}
    assert len(local) <= 1, f"only one page can come first: {local}"
    blocks = sorted(blocks, key=lambda block: block.page not in local)
    lines = []
    for number, block in enumerate(blocks):
        if number > 0 and block.page != blocks[number - 1].page:
            lines += [":reset", FORGET]
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
