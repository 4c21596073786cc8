"""Who may import whom, read off the source: training has no Spark, serving no TensorFlow."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "python" / "src" / "tfpredict"
FILES = sorted(PACKAGE.rglob("*.py"))


def place(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{place(file)}: imports are absolute"
            found.add(node.module)
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


def uses(file: Path, *packages: str) -> set[str]:
    return {name for name in imports(file) if name.split(".")[0] in packages}


def trains(file: Path) -> bool:
    return place(file) in ("export.py", "examples.py") or place(file).startswith(
        ("training/", "_exporting/")
    )


def test_the_rules_see_the_package():
    assert {"export.py", "_jvm.py", "training/linear.py"} <= {place(file) for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_training_has_no_spark_and_the_rest_no_tensorflow(file):
    if trains(file):
        assert not uses(file, "pyspark", "py4j")
    else:
        assert not uses(file, "tensorflow", "keras")


@pytest.mark.parametrize("file", FILES, ids=place)
def test_only_one_module_touches_the_jvm(file):
    if place(file) != "_jvm.py":
        assert not uses(file, "py4j")
        assert "._jvm." not in file.read_text()


def test_importing_the_package_brings_neither(run_script):
    done = run_script(
        "import sys, tfpredict\n"
        "print([n for n in ('tensorflow', 'keras', 'pyspark', 'numpy') if n in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr
