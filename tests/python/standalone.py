"""A Spark standalone cluster of processes on this machine: a master and workers, and what they run.

Spark is PySpark's own copy. Folders and temporary files of daemons, drivers and executors are
below one folder, so that a test can say what was left there.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import programs
import pyspark
from class_archive import SHORT_LIFE

HOME = Path(pyspark.__file__).parent
EXECUTOR = "CoarseGrainedExecutorBackend"


class Started:
    """What a ``with`` statement opens and closes, and closes too where opening fails halfway."""

    def open(self) -> None:
        """Start all of it."""
        raise NotImplementedError

    def close(self) -> None:
        """End what has been started."""
        raise NotImplementedError

    def __enter__(self):
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Standalone(Started):
    """A master and so many workers of one core and 1 GB each, for a ``with`` statement."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        # What executors and drivers leave in their temporary folder, and below the disk's path.
        self.temporary, self.disk, self.work = folder / "tmp", folder / "disk", folder / "work"
        for made in (self.temporary, self.disk, self.work, folder / "conf", folder / "logs"):
            made.mkdir(parents=True, exist_ok=True)
        self.workers: list[subprocess.Popen] = []
        self._wanted = workers
        self._started: list[subprocess.Popen] = []
        self._seen: dict[int, str] = {}
        self._port, self._page = free_port(), free_port()
        self.master = f"spark://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Start the master and the workers, and wait until they know each other."""
        self._daemon("master.Master", "--port", str(self._port), "--webui-port", str(self._page))
        for _ in range(self._wanted):
            self.add_worker()
        wait_until(lambda: self._alive() == self._wanted, "all workers are known to the master")

    def add_worker(self) -> None:
        """Start one more worker; the master knows it some seconds later."""
        arguments = ["--port", "0", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        place = ["--work-dir", str(self.work)]
        self.workers.append(self._daemon("worker.Worker", *arguments, *place, self.master))

    def kill_worker(self) -> None:
        """End the oldest worker's process without a word; its executors see that it is gone."""
        self.executors()
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def executors(self) -> list[int]:
        """Return the process numbers of the executors that the workers have started."""
        workers = {worker.pid for worker in self.workers}
        found = {pid: args for pid, parent, args in processes() if parent in workers}
        self._seen.update(found)
        return sorted(pid for pid, args in found.items() if EXECUTOR in args)

    def command(self, *arguments: object, conf: dict[str, str] | None = None) -> list[str]:
        """Return a ``spark-submit`` to this cluster, with small JVMs and its own folders."""
        temporary = f"{SHORT_LIFE} -Djava.io.tmpdir={self.temporary}"
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.memory": "512m",
            "spark.executor.memory": "512m",
            "spark.driver.extraJavaOptions": temporary,
            "spark.executor.extraJavaOptions": temporary,
            "spark.tfpredict.disk.path": str(self.disk),
            "spark.sql.shuffle.partitions": "4",
            **(conf or {}),
        }
        submit = [str(HOME / "bin" / "spark-submit"), "--master", self.master]
        return [*submit, *flags(settings), *map(str, arguments)]

    def submit(
        self, *arguments: object, conf: dict[str, str] | None = None, folder: Path | None = None
    ) -> subprocess.CompletedProcess:
        """Submit an application and wait for it."""
        command = self.command(*arguments, conf=conf)
        return programs.run(command, env=self.environment(), cwd=folder)

    def start(
        self,
        *arguments: object,
        log: Path,
        conf: dict[str, str] | None = None,
        folder: Path | None = None,
    ) -> subprocess.Popen:
        """Submit an application whose driver is to be watched, or killed.

        What it prints goes to a file of the log's name that ends in ``.out``.
        """
        with log.open("w") as errors, log.with_suffix(".out").open("w") as output:
            process = subprocess.Popen(
                self.command(*arguments, conf=conf),
                env=self.environment(),
                cwd=folder,
                stdout=output,
                stderr=errors,
            )
        self._started.append(process)
        return process

    def wait(self, process: subprocess.Popen, log: Path, seconds: float = 300) -> None:
        """Wait for an application that was started; fail with the end of its log.

        One that does not end says first what its threads are at.
        """
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            time.sleep(2)
            threads = log.with_suffix(".out").read_text()[-30000:]
            message = f"{log.name} has not ended after {seconds:.0f} s: {threads}"
            raise TimeoutError(f"{message}\n{log.read_text()[-5000:]}") from None
        if code != 0:
            raise RuntimeError(f"{log.name} failed: {log.read_text()[-5000:]}")

    def leftovers(self) -> list[str]:
        """Return what killed processes left of models and native libraries."""
        kinds = ("tfpredict-native-", ".incoming-")
        return sorted(
            name
            for place in (self.temporary, self.disk)
            # What is removed meanwhile is passed over.
            for above, folders, _ in os.walk(place)
            for name in folders
            if name.startswith(kinds) or (Path(above).name == "work" and name.startswith("model-"))
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of this cluster's processes: nothing of an installed Spark's."""
        return {
            **environment(self.folder),
            "SPARK_DAEMON_MEMORY": "256m",
            # A test kills more executors in a minute than the master takes for bad luck.
            "SPARK_MASTER_OPTS": "-Dspark.deploy.maxExecutorRetries=-1",
        }

    def close(self) -> None:
        """Stop what was started here, and what that started, and nothing else."""
        self.executors()
        end(self._started, seconds=20)
        # Executors whose worker was killed end by themselves; one that was held still does not.
        for pid, _, args in processes():
            if self._seen.get(pid) == args:
                os.kill(pid, signal.SIGKILL)

    def _daemon(self, name: str, *arguments: str) -> subprocess.Popen:
        command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        number = len(self._started)
        log = self.folder / "logs" / f"{name.split('.')[1]}-{number}.log"
        # Each worker is a host of its own to Spark, which runs no task twice on the same one.
        host = f"127.0.0.{1 + number}"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "--host", host, *arguments],
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process

    def _alive(self) -> int:
        # Never by way of a proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self._page}/json/", timeout=5) as page:
                return json.load(page)["aliveworkers"]
        except OSError:
            return 0


def end(started: list[subprocess.Popen], seconds: float) -> None:
    """Ask processes to end, the latest first; kill one that has not so many seconds later."""
    for process in reversed(started):
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def flags(settings: dict[str, str]) -> list[str]:
    """Return settings as a command line has them."""
    return [part for item in settings.items() for part in ("--conf", "=".join(item))]


def environment(folder: Path) -> dict[str, str]:
    """Return an environment for PySpark's own Spark, and nothing of an installed one."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    return {
        **inherited,
        "SPARK_HOME": str(HOME),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_JAVA_OPTS": SHORT_LIFE,
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def free_port() -> int:
    """Return a port that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes() -> Iterator[tuple[int, int, str]]:
    """Yield each process of this machine: its number, its parent's, its command."""
    listed = subprocess.check_output(["ps", "-ww", "-eo", "pid=,ppid=,args="], text=True)
    for line in listed.splitlines():
        pid, parent, *args = line.split(None, 2)
        yield int(pid), int(parent), "".join(args)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait until it holds; fail with what was waited for."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:.0f} s it is not so that {what}")
        time.sleep(0.05)
