"""What docs/sql.md shows, for the tests that run it on the test models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/sql.md"


def settings(models: Path) -> dict[str, str]:
    """Return the settings that name the page's models, which are the test models here."""
    (block,) = blocks.in_language(PAGE, "properties")
    lines = [line.split() for line in block.splitlines() if not line.startswith("#")]
    return {key: value.replace("/models", str(models)) for key, value in lines}


def statements(models: Path) -> list[tuple[str, list[list[str]]]]:
    """Return each SQL statement of the page, with the rows that the page says it answers."""
    found: list[tuple[str, list[list[str]]]] = []
    pending = ""
    for line in (
        "\n".join(blocks.in_language(PAGE, "sql")).replace("/models", str(models)).splitlines()
    ):
        if line.startswith("-- "):
            # Cells are apart by at least two spaces.
            found[-1][1].append(re.split(r"\s{2,}", line[3:].strip()))
        else:
            pending = f"{pending} {line}".strip()
            if pending.endswith(";"):
                found.append((pending[:-1], []))
                pending = ""
    assert not pending, f"a statement without its end: {pending}"
    return found


def command(word: str, **values: str) -> list[str]:
    """Return the page's only shell command that has the word, with its variables' values."""
    shown = blocks.in_language(PAGE, "sh")
    (found,) = [block for block in shown if word in block and not block.startswith("JARS=")]
    for name, value in values.items():
        found = found.replace(f'"${name}"', value)
    (line,) = blocks.commands(found)
    return blocks.words(line)
