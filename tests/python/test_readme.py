"""What README says works as it stands there."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from pathlib import Path

import blocks
import pytest
from programs import printed

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    (found,) = blocks.in_language("README.md", language)
    return found


def test_it_fits_the_first_minute():
    assert len(README.splitlines()) <= 120


@pytest.fixture
def folder(models, tmp_path):
    shutil.copytree(models / "linear", tmp_path / "data" / "linear_model")
    return tmp_path


def test_the_lines_of_python(folder):
    text = printed([sys.executable, "-"], input=block("python"), cwd=folder)
    assert len(block("python").strip().splitlines()) <= 12
    assert block("text") in text


def test_the_picture_is_of_the_figures_of_the_page():
    speed = runpy.run_path(str(ROOT / "benchmarks" / "speed.py"))
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert len(speed["rates"](page)) >= 5
    told = "run python benchmarks/speed.py docs/benchmarks.md docs/images/speed.svg"
    assert (ROOT / "docs/images/speed.svg").read_text(encoding="utf-8") == speed["draw"](page), told


def test_the_settings_are_those_of_the_code():
    page = (ROOT / "docs/settings.md").read_text()
    rows = re.findall(r"^\| `(spark\.tfpredict\.[\w.]+)` \| (\S+) \| (.*) \|$", page, re.MULTILINE)
    table = {
        key: ("" if default == "none" else default.strip("`"), doc) for key, default, doc in rows
    }
    source = (ROOT / "scala/src/main/scala/tfpredict/Settings.scala").read_text()
    keys = re.findall(r'Key\(\s*"(spark\.tfpredict\.[\w.]+)",\s*"([-\w]*)",\s*"([^"]+)"', source)
    assert len(keys) == source.count(": Key =") > 10
    assert table == {key: (default, doc) for key, default, doc in keys}
