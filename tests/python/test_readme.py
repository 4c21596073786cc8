"""What README says works as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tfpredict.session import jar_path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def folder(models, tmp_path):
    shutil.copytree(models / "linear", tmp_path / "data" / "linear_model")
    return tmp_path


def run(folder, command, source):
    done = subprocess.run(
        command, input=source, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def test_the_lines_of_python(folder):
    text = run(folder, [sys.executable, "-"], block("python"))
    assert len(block("python").strip().splitlines()) <= 12
    assert text.count("3.9264") == 2
    assert "| [1.0, 2.0]| 3.019596|" in text.replace("|[", "| [")


def test_the_lines_of_scala(folder):
    shell = Path(sys.executable).parent / "spark-shell"
    command = [shell, "--master", "local[2]", "--conf", "spark.ui.enabled=false"]
    text = run(folder, [*command, "--jars", jar_path()], block("scala"))
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
