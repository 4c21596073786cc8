"""The whole road once: train in Python, run from Scala, run from Python. What `make demo` calls.

Each part is a process of its own, as it is in life: what trains has no Spark, what predicts no
TensorFlow.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tfpredict.session import jars

HERE = Path(__file__).parent
DATA, OUT = Path("data"), Path("out")


def main() -> None:
    """Run the three parts; stop at the first that fails, with its name."""
    started = time.monotonic()
    OUT.mkdir(exist_ok=True)
    for name in ("linear", "digits", "cancer"):
        # The demonstration always shows version 1: it owns these three folders.
        shutil.rmtree(DATA / f"{name}_model", ignore_errors=True)

    print("1. Train and export, in Python with TensorFlow", flush=True)
    run("training", [sys.executable, str(HERE / "train.py"), str(DATA), str(OUT)])
    print("\n2. The three programs in Scala, on the linear model", flush=True)
    for program in ("TfDriver", "TfRDD", "TfDataFrame"):
        print(f"  {program}:", flush=True)
        own, natives = jars().split(",")
        submit = ["spark-submit", "--master", "local[2]", "--jars", natives]
        submit += ["--class", f"tfpredict.examples.{program}", own]
        run(program, [*submit, str(DATA / "linear_model")])
    print("\n3. From Python, on a Spark of two executors' JVMs", flush=True)
    run("prediction", [sys.executable, str(HERE / "predict.py"), str(DATA), str(OUT)])
    print(f"\nIn {time.monotonic() - started:.0f} s. The picture:\n{OUT / 'demo.png'}")


def run(name: str, command: list[str]) -> None:
    """Run a part. What it says to standard error is kept, and shown where the part fails."""
    log = OUT / f"{name}.log"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors:
        code = subprocess.run(command, stderr=errors, env=environment, check=False).returncode
    if code != 0:
        lines = [line for line in log.read_text().splitlines() if line.strip()]
        causes = [line for line in lines if "Exception" in line or "Error" in line] or lines
        print(
            f"demo failed at {name}: {causes[-1] if causes else f'exit {code}'} (all of it: {log})"
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
