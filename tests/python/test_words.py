"""The project's texts use the field's words: in pages, docstrings, Scaladoc, help and settings.

Only words that are wrong wherever they stand in prose are looked for. Code in backquotes and blocks
is left out, since it may quote anything.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from blocks import ROOT

# What is not written, and what is written instead.
FORBIDDEN = {
    r"br(?:ing|ings|ought|inging)": "fetch, add, give",
    r"mend(?:s|ed|ing)?": "fix",
    r"so many": "at most, maximum, a number",
    r"(?:needs?|says?|takes?|with) no word": "say what happens",
    r"what holds": "guarantees, rules",
    r"tells? what": "show, say which",
    r"(?<!as a )whole(?! numbers?\b)": "complete, completely",
    r"all the same": "anyway",
    r"refused rows?|rows? (?:is|are|that is|that are|was|were) refused": "rejected row",
    r"serves? on": "keeps serving",
    r"pass(?:es|ed)? over": "skip",
    r"used longest ago": "least recently used",
    r"what becomes of": "handling of",
    r"that are wanted|is wanted": "say by whom, or leave it out",
    r"who (?:does|would|wants|has|made|gave|runs|wrote) (?:not|so|it)\b": "name the person",
    r"no(?:body|ne) need": "say what is not needed",
}
WORDS = {re.compile(rf"\b(?:{word})\b", re.IGNORECASE): fix for word, fix in FORBIDDEN.items()}


def pages() -> list[Path]:
    # What changed in the past is told in the words of its time.
    found = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    ]
    return [file for file in found if ".zh." not in file.name and file.name != "CHANGELOG.md"]


def prose_of_page(text: str) -> str:
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`|\]\([^)\n]*\)", " ", text)


def prose_of_python(text: str) -> str:
    """Docstrings, and the help of arguments."""
    tree = ast.parse(text)
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            found.append(ast.get_docstring(node) or "")
        if isinstance(node, ast.keyword) and node.arg in ("help", "short_help", "epilog", "doc"):
            found += [
                part.value
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
    shown = (re.sub(r"^\s*(?:>>>|\.\.\.).*$", "", text, flags=re.MULTILINE) for text in found)
    return re.sub(r"`+[^`]*`+", " ", "\n".join(shown))


def prose_of_scala(text: str) -> str:
    """Scaladoc, and the docs of settings and of options."""
    found = re.findall(r"/\*\*.*?\*/", text, re.DOTALL)
    found += re.findall(r'^\s*"((?:[A-Z]\w+ )[^"]*\.)",$', text, re.MULTILINE)
    prose = re.sub(r"\{\{\{.*?\}\}\}|`[^`]*`", " ", "\n".join(found), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*\*?\s*", " ", prose)


def files() -> Iterator[Path]:
    yield from pages()
    yield from sorted((ROOT / "python/src/tfpredict").rglob("*.py"))
    for folder in ("scala/src/main", "engines"):
        yield from sorted((ROOT / folder).rglob("*.scala"))


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def faults(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    kinds = {".md": prose_of_page, ".py": prose_of_python, ".scala": prose_of_scala}
    prose = " ".join(kinds[file.suffix](text).split())
    return [
        f"'{prose[max(0, found.start() - 30) : found.end() + 20]}': write {fix}"
        for word, fix in WORDS.items()
        for found in word.finditer(prose)
    ]


@pytest.mark.parametrize("file", files(), ids=name)
def test_a_text_is_in_the_fields_words(file):
    assert not faults(file)


def test_a_word_that_is_not_written_is_found():
    assert WORDS
    for text in ("It brings a model.", "So many rows.", "written whole or not at all"):
        assert any(word.search(text) for word in WORDS), text
    for text in ("any whole number", "as many rows", "a mendacious one"):
        assert not any(word.search(text) for word in WORDS), text
    assert "bring" not in prose_of_page("`bring` and [x](bring.md)\n```sh\nbring\n```\n")
    assert "brings" in prose_of_python('def f():\n    """It brings."""\n')
    assert "brings" in prose_of_scala("/**\n * It\n * brings.\n */\nval brought = 1\n")
