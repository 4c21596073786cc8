"""The fenced blocks of a page, as a reader would copy them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")),
    *sorted(f"docs/zh/{file.name}" for file in (ROOT / "docs/zh").glob("*.md")),
]
_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*(\S*)[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """What stands between two fences, and where."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line} ({self.language or 'no language'})"


def of_text(page: str, text: str) -> list[Block]:
    """The blocks of a text, in its order."""
    found = [
        Block(page, text.count("\n", 0, match.start()) + 1, match[2], match[3])
        for match in _FENCE.finditer(text)
    ]
    fences = len(re.findall(r"^[ \t]*(?:```|~~~)", text, re.MULTILINE))
    inside = sum(len(re.findall(r"^[ \t]*(?:```|~~~)", b.text, re.MULTILINE)) for b in found)
    # An indented or unclosed block would be passed over in silence.
    assert fences == 2 * len(found) + inside, f"{page}: a block that is indented or has no end"
    return found


def of(page: str) -> list[Block]:
    """The blocks of a page of the repository."""
    return of_text(page, (ROOT / page).read_text(encoding="utf-8"))


def in_language(page: str, language: str) -> list[str]:
    """The texts of a page's blocks of one language."""
    return [block.text for block in of(page) if block.language == language]


def commands(text: str) -> list[str]:
    """The command lines of a shell block, those that are continued joined."""
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [line for line in lines if words(line)]


def words(line: str) -> list[str]:
    """The words of a command line, without its comment."""
    return shlex.split(line, comments=True)


def transcript(text: str) -> list[tuple[str, list[str]]]:
    """Commands of a transcript, each with the lines that it is said to print."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(part.splitlines()[0], part.splitlines()[1:]) for part in parts]
