"""What the documents say of each other and of the code is so."""

from __future__ import annotations

import re
from pathlib import Path

import api_page
import blocks
import command_lines
import pytest
from blocks import ROOT

MAIN = ROOT / "scala" / "src" / "main"
ENGINES = ROOT / "engines"
PACKAGE = ROOT / "python" / "src" / "tfpredict"
PAGES = [*blocks.PAGES, "README.zh.md", "CHANGELOG.md"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its blocks."""
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    targets = [one or other for one, other in LINK.findall(prose(page))]
    for target in targets:
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / name).resolve() if name else ROOT / page
        assert file.exists(), f"{page}: {target}"
        assert not anchor or anchor in anchors(file), f"{page}: {target}"


def test_log_lines_that_operations_quotes_are_in_the_code():
    source = "".join(file.read_text() for file in MAIN.rglob("*.scala"))
    # A string over several lines is one.
    source = re.sub(r'"\s*\+\s*s?"', "", source)
    lines = re.findall(
        r"^\| `(tfpredict\.[\w.]+)` \| \w+ \| `([^`]+)` \|", text("docs/operations.md"), re.M
    )
    assert len(lines) > 10
    for logger, line in lines:
        assert logger.rpartition(".")[2] in defined(), logger
        pieces = [piece.strip(" ,") for piece in line.split("…")]
        assert not [piece for piece in pieces if piece.strip(".") and piece not in source], line


def test_the_index_has_every_page():
    named = set(re.findall(r"\]\(([\w.-]+\.md)\)", text("docs/README.md")))
    there = {file.name for file in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert named == there


@pytest.mark.parametrize("page", PAGES)
def test_settings_that_are_named_exist(page):
    named = re.findall(r"spark\.tfpredict\.(?!models\.<)[\w.]*\w", text(page))
    assert not [name for name in named if not command_lines.is_setting(name)]


def defined() -> set[str]:
    """Names of Scala's files, and of what is defined in them."""
    names = set()
    for file in (*MAIN.rglob("*.scala"), *ENGINES.rglob("*.scala")):
        names |= {
            file.stem,
            *re.findall(r"\b(?:class|object|trait|def|val) (\w+)", file.read_text()),
        }
    return names


def rooms() -> str:
    (drawing,) = [
        block for block in blocks.of("docs/architecture.md") if "  columns/" in block.text
    ]
    return drawing.text


def test_every_room_of_the_code_is_in_architecture():
    found = set(re.findall(r"^  (\w+)/ ", rooms(), re.MULTILINE))
    folders = [*MAIN.glob("scala*/tfpredict"), PACKAGE]
    there = {
        entry.name
        for folder in folders
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.name.startswith("_") and entry.name != "jars"
    }
    # `training` stands beside what exports.
    assert there - found == {"training"}
    assert found <= there
    public = {file.stem for file in PACKAGE.glob("[!_]*.py")}
    assert public <= set(re.findall(r"\w+", rooms()))


def test_what_architecture_names_is_in_the_code():
    page = text("docs/architecture.md")
    # Two humps at least, so that a sentence's first word is none.
    hump = r"\b[A-Z][a-z]+(?:[A-Z][a-z]*)+\b"
    named = set(re.findall(hump, rooms()))
    named |= {word for code in re.findall(r"`([^`\n]+)`", page) for word in re.findall(hump, code)}
    drawn = [block.text for block in blocks.of("docs/architecture.md") if "->" in block.text]
    named |= {word for drawing in drawn for word in re.findall(hump, drawing)}
    assert named - defined() - SPARKS == set()


# What architecture.md names of Spark, of TensorFlow and of models.
SPARKS = {
    "InternalRow",
    "PySpark",
    "ServiceLoader",
    "SparkSession",
    "TensorFlow",
    "StatefulPartitionedCall",
    "VarHandleOp",
}


def test_every_exception_has_a_heading():
    scala = (MAIN / "scala/tfpredict/errors.scala").read_text()
    python = (PACKAGE / "errors.py").read_text()
    classes = re.findall(r"class (\w+Exception) ", scala) + re.findall(r"class (\w+)\(", python)
    assert len(set(classes)) == 8
    headings = re.findall(r"^## (\w+)$", text("docs/errors.md"), re.MULTILINE)
    assert set(classes) <= set(headings)


def test_the_chinese_readme_is_in_step():
    english, chinese = text("README.md"), text("README.zh.md")
    assert [block.text for block in blocks.of("README.md")] == [
        block.text for block in blocks.of_text("README.zh.md", chinese)
    ]
    for mark in (r"^#+ ", r"^\| ", r"^- "):  # headings, rows, points
        counts = [len(re.findall(mark, page, re.MULTILINE)) for page in (english, chinese)]
        assert counts[0] == counts[1], mark
    # A page may have a Chinese one of the same name.
    own = chinese.replace("](docs/zh/", "](docs/")
    links = [sorted(set(re.findall(r"\]\((docs/[\w./-]+)\)", page))) for page in (english, own)]
    assert links[0] == links[1]
    code = [
        set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S)))
        for page in (english, chinese)
    ]
    assert code[0] == code[1]
    assert english.splitlines()[2] == "[中文](README.zh.md)"
    assert chinese.splitlines()[2] == "[English](README.md)"


def test_the_list_of_names_is_in_step():
    assert text("docs/api.md") == api_page.page(), "run python tests/python/api_page.py"


def test_the_list_of_names_has_what_people_call():
    names = text("docs/api.md")
    for signature in (
        "`register(spark: SparkSession, path: ",
        "`def register(spark: SparkSession, ",
    ):
        assert signature in names
    assert "private" not in names
    assert "`_" not in names
