"""The example `TfStream` on a cluster: files for it, how far it is, what it has written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))
import programs  # noqa: E402
from standalone import Standalone, wait_until  # noqa: E402

MADE = ROOT / "tests" / "models" / "made" / "versions"
SINK = Path(__file__).parent / "sink.py"
ROWS = 50  # a file


class Stream:
    """A stream whose micro-batches are a file each."""

    def __init__(self, cluster: Standalone, files: int) -> None:
        self.cluster, self.files = cluster, files
        place = cluster.folder / "stream"
        self.model, self.input = place / "model", place / "input"
        self.output, self.checkpoint = place / "output", place / "checkpoint"
        self.starts = 0
        self.export(1)
        self.input.mkdir()
        begun = time.time() - files
        for number in range(files):
            self._feed(number, begun + number)

    def _feed(self, number: int, modified: float) -> None:
        ids = range(ROWS * number, ROWS * (number + 1))
        hidden = self.input / f".{number}"
        hidden.write_text("".join(f'{{"id": {i}, "features": [{i}, 1]}}\n' for i in ids))
        # Spark takes files in the order of their times.
        os.utime(hidden, (modified, modified))
        hidden.rename(self.input / f"{number:04}.json")

    def export(self, version: int) -> None:
        """Put a version where the stream looks for the newest, as `tfpredict.export` does."""
        incoming = self.model / f".{version}"
        shutil.copytree(MADE / str(version), incoming)
        incoming.rename(self.model / str(version))

    def start(self, *until: str) -> subprocess.Popen:
        """Start it, or start it again from its checkpoint."""
        self.starts += 1
        program = ["--class", "tfpredict.examples.TfStream", programs.ASSEMBLY]
        places = [self.model, self.input, self.output, self.checkpoint]
        return self.cluster.start(*program, *places, *until, log=self._log())

    def _log(self) -> Path:
        return self.cluster.folder / f"stream-{self.starts}.log"

    def committed(self) -> int:
        """Return how many micro-batches are done with."""
        return len(list((self.checkpoint / "commits").glob("[0-9]*")))

    def go_on(self, driver: subprocess.Popen, batches: int) -> None:
        """Wait for so many more micro-batches of this driver."""
        wanted = self.committed() + batches

        def is_there() -> bool:
            if driver.poll() is not None:
                raise SystemExit(f"the stream ended: {self._log().read_text()[-3000:]}")
            return self.committed() >= wanted

        wait_until(is_there, f"{wanted} micro-batches are committed")

    def finish(self) -> None:
        """Let it run to the end of its files."""
        driver = self.start("now")
        self.cluster.wait(driver, self._log())

    def rows(self) -> list:
        """Return what it has written, by id."""
        done = self.cluster.submit(SINK, self.output)
        if done.returncode != 0:
            raise SystemExit(f"the stream's rows cannot be read: {done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])
