"""Counts what leaves a driver whose model goes to executors, and writes it into a document.

``python tests/shipping/run.py FOLDER DOCUMENT`` works in the folder. Each executor, the master and
the driver are hosts of their own: network namespaces, so this needs root, and eight GB of memory
for sixteen executors. The same bytes go by Spark's ``addFile`` and ``broadcast`` too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import tables
from hosts import Hosts

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))
from class_archive import SHORT_LIFE  # noqa: E402
from standalone import HOME, end, environment, flags  # noqa: E402
from tfpredict.session import jars  # noqa: E402

HERE = Path(__file__).parent
WAYS = ("addFile", "broadcast", "tfpredict")
DRIVER, MASTER, FIRST = 0, 1, 2


class Run:
    """One way to so many executors, each on a host of its own."""

    def __init__(self, folder: Path, way: str, executors: int, heap: str) -> None:
        self._folder, self._way, self._executors, self._heap = folder, way, executors, heap

    def measure(self, hosts: Hosts, model: Path) -> dict:
        """Start all, run the job, and return what it found."""
        self._hosts = hosts
        started: list[subprocess.Popen] = []
        shutil.rmtree(self._folder, ignore_errors=True)
        for made in ("conf", "local", "own", "logs", "work"):
            (self._folder / made).mkdir(parents=True)
        shutil.rmtree(self._folder / "own")
        shutil.copytree(model, self._folder / "own", copy_function=os.link)
        try:
            master = f"spark://{hosts.address(MASTER)}:7077"
            started.append(self._daemon(MASTER, "master.Master", "--port", "7077"))
            time.sleep(5)
            for host in range(FIRST, FIRST + self._executors):
                # Each executor has a disk of its own, as on another host.
                (self._folder / f"disk{host - FIRST}").mkdir()
                place = ["--work-dir", str(self._folder / "work" / str(host))]
                arguments = ["--cores", "1", "--memory", "4g", *place, master]
                started.append(self._daemon(host, "worker.Worker", *arguments))
            before = self._sent_by_executors()
            found = self._submit(master)
            found["peers"] = self._sent_by_executors() - before
            return found
        finally:
            end(started, seconds=30)

    def _submit(self, master: str) -> dict:
        places = jars().replace(",", ":")
        disk = f"{SHORT_LIFE} -Djava.io.tmpdir={self._folder}/disk{{{{EXECUTOR_ID}}}}"
        settings = {
            "spark.driver.memory": "1g",
            "spark.executor.memory": self._heap,
            "spark.cores.max": str(self._executors),
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
            "spark.locality.wait": "0s",
            "spark.executor.metrics.pollingInterval": "200ms",
            "spark.driver.host": self._hosts.address(DRIVER),
            "spark.driver.extraClassPath": places,
            "spark.executor.extraClassPath": places,
            "spark.driver.extraJavaOptions": SHORT_LIFE,
            "spark.executor.extraJavaOptions": disk,
            "spark.sql.extensions": "tfpredict.sql.Extensions",
        }
        (file,) = (self._folder / "own" / "1" / "variables").glob("variables.data-*")
        arguments = [HERE / "job.py", self._way, file, self._executors]
        submit = [str(HOME / "bin" / "spark-submit"), "--master", master, *flags(settings)]
        done = subprocess.run(
            self._hosts.command(DRIVER, [*submit, *map(str, arguments)]),
            env=self._environment(DRIVER),
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        (self._folder / "logs" / "driver.log").write_text(done.stderr)
        if done.returncode != 0:
            raise SystemExit(done.stderr[-5000:] + done.stdout[-2000:])
        return json.loads(done.stdout.splitlines()[-1])

    def _daemon(self, host: int, name: str, *arguments: str) -> subprocess.Popen:
        command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        command += ["--host", self._hosts.address(host), "--webui-port", "0", *arguments]
        with (self._folder / "logs" / f"{host}.log").open("w") as log:
            return subprocess.Popen(
                self._hosts.command(host, command),
                env=self._environment(host),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _environment(self, host: int) -> dict[str, str]:
        return {
            **environment(self._folder),
            "SPARK_LOCAL_IP": self._hosts.address(host),
            "SPARK_LOCAL_HOSTNAME": self._hosts.address(host),
            "SPARK_DAEMON_MEMORY": "128m",
            "SPARK_DAEMON_JAVA_OPTS": SHORT_LIFE,
            "PYSPARK_PYTHON": sys.executable,
        }

    def _sent_by_executors(self) -> int:
        return sum(map(self._hosts.sent, range(FIRST, FIRST + self._executors)))


def made_model(folder: Path, megabytes: int) -> Path:
    """Return a model of so many megabytes; make it if it is not there."""
    model = folder / f"model{megabytes}"
    if not (model / "1" / "saved_model.pb").is_file():
        shutil.rmtree(model, ignore_errors=True)
        command = [sys.executable, HERE / "model.py", model, str(megabytes)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return model


def main() -> None:
    """Measure what is asked for; write the document where one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("document", type=Path, nargs="?")
    parser.add_argument("--executors", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--heap", default="512m", help="an executor's")
    asked = parser.parse_args()
    folder = asked.folder.absolute()
    model = made_model(folder, asked.megabytes)
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    rows = []
    for executors in asked.executors:
        for way in asked.ways:
            with Hosts(FIRST + executors) as hosts:
                found = Run(folder / "run", way, executors, asked.heap).measure(hosts, model)
            rows.append({"way": way, "executors": executors, "size": size, **found})
            print(json.dumps(rows[-1]), flush=True)
    if asked.document:
        tables.write(asked.document, rows)


if __name__ == "__main__":
    main()
