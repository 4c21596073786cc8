"""A stream whose worker and driver are killed, and whose model is upgraded, on a real cluster.

``python tests/faults/streams.py [quick]`` prints its lines of the table.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from rows import Row
from stream import ROWS, Standalone, Stream

# The two versions' weights and bias.
WEIGHTS = {1: (1.9978589, -1.0296257, 3.0809885), 2: (-0.5, 2.0, 7.0)}


def exactly_once(rows: list, files: int) -> tuple[str, bool]:
    """Say how many rows came, and whether each came once and with the right answer."""
    ids = [row[0] for row in rows]
    lost, doubled = set(range(ROWS * files)) - set(ids), len(ids) - len(set(ids))
    wrong = sum(not is_right(*row) for row in rows)
    found = f"{len(ids)} rows, {len(lost)} lost, {doubled} doubled, {wrong} wrong"
    return found, not (lost or doubled or wrong)


def is_right(number: int, value: float, version: int) -> bool:
    a, b, bias = WEIGHTS[version]
    expected = a * number + b + bias
    return abs(value - expected) <= 1e-5 * max(1.0, abs(expected))


def run(quick: bool) -> list[Row]:
    """Run one stream through everything."""
    kills = 1 if quick else 5
    files = 24 if quick else 120
    moments = random.Random(11)
    with tempfile.TemporaryDirectory() as folder, Standalone(Path(folder)) as cluster:
        stream = Stream(cluster, files)
        driver = stream.start()
        stream.go_on(driver, 2)

        cluster.kill_worker()
        cluster.add_worker()
        stream.go_on(driver, 4)

        for _ in range(kills):
            # Anywhere in a micro-batch.
            time.sleep(moments.random())
            driver.kill()
            driver.wait()
            driver = stream.start()
            stream.go_on(driver, 2)
        before = stream.committed()
        driver.kill()
        driver.wait()
        stream.finish()
        rows = stream.rows()
    found, holds = exactly_once(rows, files)
    return [
        Row(
            "worker process killed during a stream",
            "it goes on under the same driver, each row exactly once",
            f"went on; {found}",
            holds,
        ),
        Row(
            f"driver killed during a stream, {kills + 1} times",
            "resumes from the checkpoint, each row exactly once",
            f"resumed, the last time after micro-batch {before} of {files}; {found}",
            holds and before < files,
        ),
    ]


if __name__ == "__main__":
    for row in run(quick="quick" in sys.argv):
        print(row.line())
