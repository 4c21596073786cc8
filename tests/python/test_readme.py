"""What README says works as it stands there."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import blocks
import pytest
from programs import printed, spark_shell

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    (found,) = blocks.in_language("README.md", language)
    return found


@pytest.fixture
def folder(models, tmp_path):
    shutil.copytree(models / "linear", tmp_path / "data" / "linear_model")
    return tmp_path


def test_the_lines_of_python(folder):
    text = printed([sys.executable, "-"], input=block("python"), cwd=folder)
    assert len(block("python").strip().splitlines()) <= 12
    assert text.count("3.9264") == 2
    assert "| [1.0, 2.0]| 3.019596|" in text.replace("|[", "| [")


def test_the_lines_of_scala(folder):
    text = printed(spark_shell(), input=block("scala"), cwd=folder)
    assert "error:" not in text
    assert "Array(Array(3.019596), Array(3.926" in text
    assert len(re.findall(r"\| *3\.019596\|", text)) == 2


def test_the_settings_are_those_of_the_code():
    rows = re.findall(
        r"^\| `(spark\.tfpredict\.[\w.]+)` \| (\S+) \| (.*) \|$", README, re.MULTILINE
    )
    table = {
        key: ("" if default == "none" else default.strip("`"), doc) for key, default, doc in rows
    }
    source = (ROOT / "scala/src/main/scala/tfpredict/Settings.scala").read_text()
    keys = re.findall(r'Key\(\s*"(spark\.tfpredict\.[\w.]+)",\s*"([-\w]*)",\s*"([^"]+)"', source)
    assert len(keys) == source.count(": Key =")
    assert table == {key: (default, doc) for key, default, doc in keys}
