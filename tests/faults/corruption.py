"""Damages models in thousands of ways: each ends in an error or a right answer, none in a death.

`section` exports some models into a folder, damages them so many times with the checksums that
`export` keeps and as often without, and tells what came of it. A JVM that dies is counted, and another goes on behind the damage that ended it.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 120  # for one damage; a model that runs for ever is as bad as a death


def export(folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "models"))
    import modules
    import networks
    import numpy as np
    import tfpredict

    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng(5)
    models = {
        "linear": (networks.linear(), (6, 2)),
        "images": (networks.images(), (4, 4, 3, 2)),
        "lstm": (networks.lstm(), (4, 5, 3)),
        "grouped_3d": (networks.grouped_3d(), (2, 4, 5, 3, 2)),
        "scores": (modules.Scores(), (5,)),
    }
    for name, (model, shape) in models.items():
        rows = rng.normal(size=shape).astype("float32")
        tfpredict.export(model, folder / name, examples=rows)


def class_path() -> str:
    command = [ROOT / "sbtw", "-error", "Test/compile", "export Test/fullClasspath"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def replay(folder: Path, jars: str, count: int, mode: str) -> tuple[Counter, list[str]]:
    """Return how often each outcome came for each file, and what was worse than an error."""
    java = Path(subprocess.check_output([ROOT / "scripts" / "java-home"], text=True).strip())
    work = folder / "work"
    jvm = [java / "bin" / "java", "-Xmx1g", f"-Djava.io.tmpdir={work}", "-cp", jars]
    found: Counter = Counter()
    bad: list[str] = []
    first = 0
    while first < count:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        process = subprocess.Popen(
            [
                *jvm,
                "tfpredict.CorruptModels",
                folder / "models",
                work,
                str(first),
                str(count),
                mode,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        begun = None
        for line in lines(process):
            kind, number, *rest = line.split("\t")
            first = int(number) + 1
            if kind == "BEGIN":
                begun = rest
            else:
                model, file = begun
                found[file, rest[0]] += 1
                if rest[0] in ("wrong", "unexplained"):
                    bad.append(f"{number}: {model}: {file}: {' '.join(rest)}")
                begun = None
                if first % 500 == 0:
                    print(f"{mode}: {first} of {count}", file=sys.stderr)
        process.kill()
        process.wait()
        if begun is not None:
            found[begun[1], "death"] += 1
            bad.append(f"{first - 1}: {': '.join(begun)}: death")
        elif first < count:
            raise SystemExit(f"the JVM ended with {process.returncode} before damage {first}")
    return found, bad


def lines(process: subprocess.Popen):
    """Lines of the protocol, until the process ends or says nothing for too long."""
    told: queue.Queue = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            told.put(line)
        told.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = told.get(timeout=SECONDS)
        except queue.Empty:
            return
        if line is None:
            return
        if re.match(r"(BEGIN|END)\t", line):
            yield line.rstrip("\n")


def table(title: str, found: Counter, count: int) -> list[str]:
    outcomes = ("error", "right", "same file", "wrong", "unexplained", "death")
    rows = [
        f"| `{file}` | " + " | ".join(str(found[file, outcome]) for outcome in outcomes) + " |"
        for file in sorted({file for file, _ in found})
    ]
    return [
        f"### {title}: {count}",
        "",
        "| | clear error | right answer | damage that changed nothing | wrong answer "
        "| unexplained error | death or hang |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def section(place: Path, count: int) -> tuple[list[str], bool]:
    """Return the document's section, and whether nothing was worse than an error."""
    export(place / "models")
    jars = class_path()
    text = [
        "## Damaged files",
        "",
        "Bits turned, stretches overwritten, left out or doubled, and ends cut off, in",
        "`saved_model.pb`, `variables.index` and the variables' data of five models. Each damaged",
        "model is loaded and answers its examples.",
        "",
    ]
    worst = []
    for mode, title in (
        ("sums", "With the checksums that `export` keeps"),
        ("bare", "Without them, as something else may export"),
    ):
        found, bad = replay(place, jars, count, mode)
        text += table(title, found, count)
        worst += [f"{mode}: {line}" for line in bad]
    print("\n".join(worst))
    return text, not any(line.startswith("sums") or line.endswith("death") for line in worst)
