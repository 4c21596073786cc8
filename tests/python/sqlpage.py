"""What docs/sql.md shows, for the tests that run it on the test models."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()


def settings(models: Path) -> dict[str, str]:
    """Return the settings that name the page's models, which are the test models here."""
    (block,) = blocks("properties")
    lines = [line.split() for line in block.splitlines() if not line.startswith("#")]
    return {key: value.replace("/models", str(models)) for key, value in lines}


def statements(models: Path) -> list[tuple[str, list[list[str]]]]:
    """Return each SQL statement of the page, with the rows that the page says it answers."""
    found: list[tuple[str, list[list[str]]]] = []
    pending = ""
    for line in "\n".join(blocks("sql")).replace("/models", str(models)).splitlines():
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
    (found,) = [block for block in blocks("sh") if word in block and not block.startswith("JAR=")]
    for name, value in values.items():
        found = found.replace(f'"${name}"', value)
    return shlex.split(found.replace("\\\n", " "))


def blocks(language: str) -> list[str]:
    """Return the page's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
