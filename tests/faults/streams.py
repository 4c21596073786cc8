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

UPGRADE = "new version of the model during a stream"


def exactly_once(rows: list, files: int) -> tuple[str, bool]:
    """Say how many rows came, and whether each came once and with its version's answer."""
    ids = [row[0] for row in rows]
    lost, doubled = set(range(ROWS * files)) - set(ids), len(ids) - len(set(ids))
    wrong = sum(not is_right(*row) for row in rows)
    found = f"{len(ids)} rows, {len(lost)} lost, {doubled} doubled, {wrong} wrong"
    return found, not (lost or doubled or wrong)


def is_right(number: int, value: float, version: int) -> bool:
    # The model of the tests named "versions": each answers 10 more than the one before.
    expected = 1.9978589 * number - 1.0296257 + 3.0809885 + 10 * (version - 1)
    return abs(value - expected) <= 1e-5 * max(1.0, abs(expected))


def upgraded(rows: list, files: int, upgraded_after: int) -> Row:
    """Say which micro-batch, a file each, had which version."""
    versions: list[set[int]] = [set() for _ in range(files)]
    for number, _, version in rows:
        versions[number // ROWS].add(version)
    mixed = sum(len(found) != 1 for found in versions)
    order = [max(found, default=0) for found in versions]
    first = order.index(2) if 2 in order else files
    return Row(
        UPGRADE,
        "each micro-batch has one version, and later ones the new one",
        f"{mixed} micro-batches with other than one version; exported after micro-batch "
        f"{upgraded_after}, serving from the {first + 1}th of {files} on",
        mixed == 0 and order == sorted(order) and upgraded_after <= first < files,
    )


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

        exported = stream.committed()
        stream.export(2)
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
        upgraded(rows, files, exported),
    ]


if __name__ == "__main__":
    for row in run(quick="quick" in sys.argv):
        print(row.line())
