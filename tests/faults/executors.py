"""Executors that are killed, or held still, in mid-job: the answers stay the same.

``python tests/faults/executors.py [quick]`` prints its lines of the table.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from rows import Row
from tfpredict.session import jars

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))
from standalone import Standalone, wait_until  # noqa: E402

JOB = Path(__file__).parent / "job.py"
MODEL = ROOT / "tests" / "models" / "made" / "linear"
SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.quantile": "0.5",
    "spark.speculation.multiplier": "1.2",
    "spark.speculation.minTaskRuntime": "1s",
}

# What the driver's log says of a task's second attempt: that it has won, or that it may not
# commit; or that the job has ended without one.
SECOND = re.compile(r"Killing attempt 0 .* as the attempt 1 succeeded")
ATTEMPT = re.compile(rf"{SECOND.pattern}|TaskCommitDenied|Write Job \S+ committed|Lost executor")


class Jobs:
    """The same job many times on one cluster, with a model that only the driver can read."""

    def __init__(self, cluster: Standalone, tasks: int) -> None:
        self.cluster, self.tasks = cluster, tasks
        shutil.copytree(MODEL, cluster.folder / "own")
        self.undisturbed = self.answers(self.start("undisturbed", pause=0))

    def start(self, name: str, pause: int = 1, conf: dict[str, str] | None = None) -> Job:
        folder = self.cluster.folder
        # The driver's working folder: an executor has another one, and so not this model.
        model = "/proc/self/cwd/own"
        arguments = [model, folder / name, 200 * self.tasks, self.tasks, pause]
        log = folder / f"{name}.log"
        process = self.cluster.start(
            "--jars", jars(), JOB, *arguments, log=log, conf=conf, folder=folder
        )
        return Job(process, folder / name, log)

    def answers(self, job: Job) -> list:
        self.cluster.wait(job.process, job.log, 600)
        lines = job.log.with_suffix(".out").read_text().splitlines()
        return json.loads(lines[-1])

    def found(self, answers: list) -> str:
        ids = [row[0] for row in answers]
        lost, doubled = set(range(200 * self.tasks)) - set(ids), len(ids) - len(set(ids))
        same = "identical" if answers == self.undisturbed else "different"
        return f"{len(ids)} rows, {len(lost)} lost, {doubled} doubled, {same} results"


class Job:
    """An application that runs, and how far it is."""

    def __init__(self, process, output: Path, log: Path) -> None:
        self.process, self.output, self.log = process, output, log

    def wait_for(self, tasks: int) -> None:
        """Wait until so many tasks have written their rows."""

        def has_ended() -> bool:
            if self.process.poll() is not None:
                end = self.log.read_text()[-3000:]
                raise SystemExit(f"the job ended before {tasks} tasks were seen: {end}")
            return self._written() >= tasks

        wait_until(has_ended, f"{tasks} tasks have ended")

    def _written(self) -> int:
        # Of tasks that have committed: Hadoop's committer keeps attempts below a folder of this
        # name. Files come and go meanwhile, which `walk` minds less than `rglob`.
        attempts = str(Path("_temporary", "0", "_temporary"))
        return sum(
            name.startswith("part-")
            for folder, _, files in os.walk(self.output)
            for name in files
            if attempts not in folder
        )


def has_loaded(executor: int) -> bool:
    """Whether an executor has TensorFlow in it, and so is at work."""
    try:
        return "libtensorflow" in Path(f"/proc/{executor}/maps").read_text()
    except OSError:
        return False


def at_work(cluster: Standalone) -> int:
    """Wait for an executor that has begun to predict."""
    wait_until(lambda: any(map(has_loaded, cluster.executors())), "an executor predicts")
    return next(filter(has_loaded, cluster.executors()))


def killed(jobs: Jobs, kills: int) -> Row:
    """End executors' JVMs as an out-of-memory killer does."""
    job = jobs.start("killed", conf={"spark.task.maxFailures": "10"})
    for kill in range(kills):
        job.wait_for((kill + 1) * jobs.tasks // (kills + 2))
        os.kill(at_work(jobs.cluster), signal.SIGKILL)
    answers = jobs.answers(job)
    left = jobs.cluster.leftovers()
    return Row(
        f"`kill -9` of an executor in mid-job, {kills} times",
        "identical results, no row lost or doubled, no leftover folder",
        f"{jobs.found(answers)}, {len(left)} leftover folders",
        answers == jobs.undisturbed and not left,
    )


def speculative(jobs: Jobs) -> Row:
    """Hold an executor still, so that its task runs a second time elsewhere, then let it go on."""
    twice = 0
    # An executor that was held just as it committed a task, or between two, has none that may end
    # elsewhere: Spark lets one attempt commit. Then another job is held at another moment.
    for attempt in range(5):
        job = jobs.start(f"speculative-{attempt}", conf=SPECULATION)
        answers = held_still(jobs, job)
        twice = len(SECOND.findall(job.log.read_text()))
        if twice or answers != jobs.undisturbed:
            break
    return Row(
        "speculation, with an executor that stands still for a while",
        "identical results, no row lost or doubled",
        f"{jobs.found(answers)}, {twice} of the tasks ended by its second attempt",
        answers == jobs.undisturbed and twice > 0,
    )


def held_still(jobs: Jobs, job: Job) -> list:
    """Hold an executor until its task's second attempt has ended; return what the job wrote."""
    job.wait_for(jobs.tasks // 6)
    held = at_work(jobs.cluster)
    os.kill(held, signal.SIGSTOP)
    try:
        wait_until(lambda: ATTEMPT.search(job.log.read_text()), "a second attempt ends", 300)
    finally:
        os.kill(held, signal.SIGCONT)
    return jobs.answers(job)


def run(quick: bool) -> list[Row]:
    """Run the job undisturbed, then with each fault."""
    with tempfile.TemporaryDirectory() as folder, Standalone(Path(folder)) as cluster:
        jobs = Jobs(cluster, tasks=40 if quick else 300)
        return [killed(jobs, kills=1 if quick else 10), speculative(jobs)]


if __name__ == "__main__":
    for row in run(quick="quick" in sys.argv):
        print(row.line())
