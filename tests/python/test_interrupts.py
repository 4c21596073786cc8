"""No command leaves a process or half a result, whenever it is interrupted or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

# Tenths of seconds after its start: Python, the launcher's shell, its JVM, Spark's, the session.
MOMENTS = {
    signal.SIGINT: range(2, 42, 2),
    signal.SIGTERM: range(4, 42, 6),
    signal.SIGKILL: range(6, 46, 4),
}
# What is killed cannot wait for its children, which see it and end.
PATIENCE = {signal.SIGINT: 0.0, signal.SIGTERM: 0.0, signal.SIGKILL: 10.0}


def marked(mark: str) -> list[str]:
    """The commands of the processes that have a mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue  # ended meanwhile, or another user's
    return found


def interrupted(number: signal.Signals, seconds: float, folder: Path, *words: object):
    """Run a command, send it a signal, and return its status, its words and what it left."""
    mark = f"TFPREDICT_TEST_{uuid.uuid4().hex}"
    (folder / "tmp").mkdir(parents=True)
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tfpredict.cli", *map(str, words)],
            stdout=file,
            stderr=file,
            start_new_session=True,
            env={**os.environ, mark: "1", "TMPDIR": str(folder / "tmp")},
        )
    time.sleep(seconds)
    seen = len(marked(mark))
    # A terminal sends Ctrl-C to all of its foreground's processes.
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    status = process.wait(timeout=60)
    until = time.monotonic() + PATIENCE[number]
    while (left := marked(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    return status, log.read_text(), left, seen


@pytest.fixture
def rows(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("x0,x1\n" + "1,2\n" * 1000)
    return file


@pytest.mark.parametrize("number", MOMENTS, ids=lambda number: number.name)
def test_predict_leaves_nothing_whenever_it_ends(number, models, rows, tmp_path):
    most = 0
    for tenths in MOMENTS[number]:
        folder = tmp_path / str(tenths)
        folder.mkdir()
        options = ["--input", rows, "--columns", "x0,x1", "--output", folder / "out"]
        status, told, left, seen = interrupted(
            number, tenths / 10, folder, "predict", models / "linear", *options
        )
        most = max(most, seen)
        assert left == [], f"{number.name} after {tenths / 10} s"
        found = {entry.name for entry in folder.iterdir()} - {"log", "tmp", "out"}
        assert found == set(), f"{number.name} after {tenths / 10} s"
        if number != signal.SIGKILL:
            assert list((folder / "tmp").iterdir()) == [], f"{number.name} after {tenths / 10} s"
        if status == 130:
            assert told.startswith("tfpredict: interrupted"), told
            assert told.count("\n") == 1, told
            assert not (folder / "out").exists()
        else:
            # Done already, or not yet so far that it could say a word.
            assert status in (0, -number, 1 if tenths < 10 else 0), (tenths, told)
            assert (folder / "out").is_dir() == (status == 0), told
    assert most > 1, "a JVM was there to be left behind"


@pytest.mark.parametrize("number", MOMENTS, ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["inspect", "verify", "bench", "doctor"])
def test_other_commands_leave_nothing(number, command, models, tmp_path):
    for tenths in (7, 11, 19):
        words = [command] if command == "doctor" else [command, models / "linear"]
        _, _, left, _ = interrupted(number, tenths / 10, tmp_path / str(tenths), *words)
        assert left == [], f"{number.name} after {tenths / 10} s"


def test_an_interrupt_before_a_command_begins_is_told_too(tmp_path):
    script = tmp_path / "early.py"
    script.write_text(
        "import signal, sys\n"
        "from tfpredict.cli.app import app\n"
        "from typer.core import TyperGroup\n"
        "place = sys.argv.pop(1)\n"
        "def interrupted(*arguments, **options):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "setattr(TyperGroup, place, interrupted)\n"
        "app()\n"
    )
    for place in ("parse_args", "resolve_command"):
        done = subprocess.run(
            [sys.executable, script, place, "inspect", "x"], capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (130, "tfpredict: interrupted.\n")
