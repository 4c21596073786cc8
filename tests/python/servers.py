"""Spark's servers for remote clients: drivers that stay, each a process of its own."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from class_archive import SHORT_LIFE
from standalone import (
    HOME,
    Started,
    end,
    environment,
    flags,
    free_port,
    wait_until,
)

# A metastore in memory is made in a second; the one on disk takes ten.
METASTORE = {
    "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true"
}


def properties(settings: dict[str, str]) -> str:
    """Return settings as a file of them has them."""
    return "".join(f"{key} {value}\n" for key, value in settings.items())


class Server(Started):
    """A driver that a ``spark-submit`` starts and that listens at a port, for a ``with`` statement.

    What it writes, its log among it, is below one folder, in which it runs.

    Parameters
    ----------
    folder : Path
        An empty folder.
    submit : list of str
        The command, with ``spark-submit`` at first. What it calls ``models.conf`` has `models`.
    models : dict
        Settings.
    conf : dict
        More settings, for the test alone; ``{port}`` in a value is the port.
    arguments : sequence of str
        For the end of the command, with ``{port}`` too.
    master : str
        Where queries run.
    spark : Path
        The Spark that is started; by default PySpark's own.
    """

    def __init__(
        self,
        folder: Path,
        submit: list[str],
        models: dict[str, str],
        conf: dict[str, str],
        arguments: tuple[str, ...] = (),
        master: str = "local[2]",
        spark: Path = HOME,
    ) -> None:
        self.folder, self.port, self.log = folder, free_port(), folder / "server.log"
        (folder / "models.conf").write_text(properties(models))
        # A home that links to Spark's: a cluster on one machine puts executors' files below it.
        self.home, temporary = folder / "spark", folder / "tmp"
        for made in (self.home, temporary):
            made.mkdir()
        for linked in ("bin", "jars"):
            (self.home / linked).symlink_to(spark / linked)
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.memory": "1g",
            "spark.sql.shuffle.partitions": "4",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={temporary}",
            "spark.executor.extraJavaOptions": f"{SHORT_LIFE} -Djava.io.tmpdir={temporary}",
            **conf,
        }
        command = ["--master", master, *flags(settings), *submit[1:], *arguments]
        self._command = [
            str(self.home / "bin" / submit[0]),
            *(part.replace("{port}", str(self.port)) for part in command),
        ]
        self._process: subprocess.Popen | None = None

    def open(self) -> None:
        """Start the server, and wait until it listens."""
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._listens, f"the server listens; its log is {self.log}", 180)

    def close(self) -> None:
        """End the server; its executors end when it is gone."""
        if self._process is not None:
            end([self._process], seconds=30)

    def environment(self) -> dict[str, str]:
        """Return the environment of the server, and of beeline."""
        return {
            **environment(self.folder),
            "SPARK_HOME": str(self.home),
            "SPARK_BEELINE_OPTS": SHORT_LIFE,
        }

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def logged(self, words: str) -> list[str]:
        """Return the lines with these words in the log, and in its executors' where it has any."""
        logs = [self.log, *self.home.glob("work/*/*/stderr")]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if words in line]

    def _listens(self) -> bool:
        if not self.is_alive():
            raise RuntimeError(f"the server ended: {self.log.read_text()[-3000:]}")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
