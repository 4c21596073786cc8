"""The notebooks are run, as `docs/notebooks.md` says, and what they keep is of the same code."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))
import run as runner  # noqa: E402

# What must be printed, and the pictures.
EXPECTED = {
    "1-scala": (
        [
            "inputs float32[?, 2], in SQL ARRAY<FLOAT>",
            "operators that predict: 1",
            "by hand: ",
            "library: ",
        ],
        0,
    ),
    "2-python": (["agrees: True", "as in Python", "true values 2 and -1"], 4),
    "3-tf-module": (["agrees: True", "right on 98.2%, in Spark"], 1),
    "4-streaming": (["|   2|  10| 10|   1|  1|", "|   3|  10| 10|   2|  2|", "|      2|   10|"], 1),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with kernels and settings, which the process forgets afterwards."""
    before = dict(os.environ)
    folder = tmp_path_factory.mktemp("notebooks")
    runner.prepare(folder)
    yield folder
    os.environ.clear()
    os.environ.update(before)


def check(notebook, name):
    wanted, drawn = EXPECTED[name]
    printed = runner.printed(notebook)
    for line in wanted:
        assert line in printed, printed
    pictures = ["image/png" in each.get("data", {}) for each in runner.outputs(notebook)]
    assert sum(pictures) == drawn


def test_all_are_known():
    known = [name for name in sorted(EXPECTED) if runner.HAS_SCALA or name != "1-scala"]
    assert [path.stem for path in runner.notebooks()] == known


@pytest.mark.parametrize("name", [path.stem for path in runner.notebooks()])
def test_it_runs(name, place):
    folder = place / name
    folder.mkdir()
    check(runner.run(ROOT / "notebooks" / f"{name}.ipynb", folder), name)


def test_what_keeps_files_runs_a_second_time_in_the_same_folder(place):
    folder = place / "twice"
    folder.mkdir()
    for _ in range(2):
        check(runner.run(ROOT / "notebooks" / "4-streaming.ipynb", folder), "4-streaming")


def test_the_linear_models_have_learned():
    """As they are kept: each weight within 1 % of its true value."""
    printed = {
        name: runner.printed(nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4))
        for name in ("1-scala", "2-python")
    }
    trained = json.loads(re.search(r"^\{.*\}$", printed["1-scala"], re.MULTILINE)[0])
    told = re.search(r"^w = (\S+), (\S+), true values 2 and -1;", printed["2-python"], re.MULTILINE)
    for found in (trained["w"], [float(told[1]), float(told[2])]):
        assert found == pytest.approx([2, -1], rel=0.01)


def test_no_address_of_the_jvm_is_shown():
    notebook = nbformat.read(ROOT / "notebooks" / "1-scala.ipynb", as_version=4)
    shown = "".join(
        each.get("text", "") + each.get("data", {}).get("text/plain", "")
        for each in runner.outputs(notebook)
    )
    assert not re.search(r"@[0-9a-f]{6,}\b|\$Lambda", shown)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_it_keeps_is_whole(name):
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    check(notebook, name)


def test_both_ways_of_the_scala_notebook_answer_the_same():
    """As it is kept: the tables and arrays twice over, and a library that is quicker."""
    notebook = nbformat.read(ROOT / "notebooks" / "1-scala.ipynb", as_version=4)
    printed = runner.printed(notebook)
    arrays = re.findall(r"^Array\((-?[\d.]+)\)$", printed, re.MULTILINE)
    assert len(arrays) == 12
    assert arrays[:6] == arrays[6:]
    tables = re.findall(r"^\|\[.*\]\| *(-?[\d.]+)\|$", printed, re.MULTILINE)
    assert len(tables) == 6
    assert tables[:3] == tables[3:]
    by_hand, library = (
        float(re.search(rf"^{way}: ([\d,]+) rows/s$", printed, re.MULTILINE)[1].replace(",", ""))
        for way in ("by hand", "library")
    )
    assert library > 2 * by_hand


def test_the_line_of_the_page_is_the_one_that_was_run():
    page = (ROOT / "docs" / "notebooks.md").read_text()
    assert runner.INSTALL == ["jupyter", "toree", "install", "--user"]
    assert f"{' '.join(runner.INSTALL)} --spark_home=" in page
