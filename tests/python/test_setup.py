"""The scripts behind `make`: they find a Java, and say which step failed and why."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, **environment):
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def java(tmp_path):
    """Make the home of a Java that says it is of some version."""

    def make(version: str) -> Path:
        home = tmp_path / f"java-{version}"
        (home / "bin").mkdir(parents=True)
        command = home / "bin" / "java"
        command.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
        command.chmod(0o755)
        return home

    return make


@pytest.mark.parametrize("version", ["17.0.9", "11.0.2", "1.8.0_402"])
def test_java_home_is_taken_where_spark_supports_it(java, version):
    home = java(version)
    found = run("scripts/java-home", JAVA_HOME=str(home))
    assert (found.returncode, found.stdout.strip()) == (0, str(home))


@pytest.mark.parametrize(
    ("version", "wanted"), [("21.0.3", ["17", "21"]), ("17.0.1", ["21", "17"])]
)
def test_java_home_is_taken_where_it_is_one_of_those_asked_for(java, version, wanted):
    home = java(version)
    found = run("scripts/java-home", *wanted, JAVA_HOME=str(home))
    assert (found.returncode, found.stdout.strip()) == (0, str(home))


def test_a_java_that_is_nowhere_and_cannot_be_fetched_is_said(java):
    done = run("scripts/java-home", "13", "12", JAVA_HOME=str(java("17.0.1")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "java-home: no Java 13 12 found; install one, or set JAVA_HOME\n"


def test_each_pyspark_has_a_folder():
    found = run("scripts/pyspark", "3.5.7")
    assert Path(found.stdout.strip(), "pyspark").is_dir()


@pytest.mark.parametrize("version", ["25.0.1", "21.0.3", "1.7.0"])
def test_another_java_home_is_passed_over(java, version):
    found = run("scripts/java-home", JAVA_HOME=str(java(version)))
    assert found.returncode == 0
    assert found.stdout.strip() != str(java("9.0.0").parent / f"java-{version}")
    shown = run(Path(found.stdout.strip()) / "bin" / "java", "-version").stderr
    assert any(f'version "{number}' in shown for number in ("17.", "11.", "1.8."))


def test_a_step_that_fails_says_which_and_why_in_its_first_line():
    done = run("scripts/step", "a-test", "sh", "-c", "echo fine; echo error: no wheel; exit 3")
    assert done.returncode == 1
    line = done.stderr.strip().splitlines()[1]
    assert line == (
        "setting up failed at a-test: error: no wheel (all of it: build/logs/a-test.log)"
    )
    silent = run("scripts/step", "a-test", "sh", "-c", "exit 3")
    assert "setting up failed at a-test: exit status 3" in silent.stderr
    (ROOT / "build" / "logs" / "a-test.log").unlink()


def test_a_step_that_succeeds_keeps_its_output_to_its_log():
    done = run("scripts/step", "a-test", "echo", "fine")
    assert (done.returncode, done.stdout) == (0, "")
    log = ROOT / "build" / "logs" / "a-test.log"
    assert log.read_text() == "fine\n"
    log.unlink()


def test_no_python_is_said():
    done = run("scripts/venv", PYTHON="no-such-python")
    assert done.returncode == 1
    assert done.stdout.startswith("error: no Python 3.11 or 3.12 found; install one")


def test_make_alone_lists_the_targets():
    listed = run("make").stdout
    for target in ("setup", "demo", "test", "fmt", "lint"):
        assert f"make {target} " in listed


def test_a_second_setup_does_nothing():
    done = run("make", "setup")
    assert done.returncode == 0, done.stderr
    assert "setting up" not in done.stderr
