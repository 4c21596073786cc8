"""Writes the page and its chart from the results, and prints the targets.

Usage: report.py FOLDER DOCS.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

import chart
import columns
import speed
from pages import off_by, share, table
from results import Results, rate_of
from systems import SYSTEMS
from targets import targets
from workloads import WORKLOADS, Workload

HERE = Path(__file__).parent


def main(root: Path, docs: Path) -> None:
    """Write DOCS/benchmarks.md, DOCS/benchmarks.svg and DOCS/images/speed.svg."""
    results = Results(root)
    chart.draw(results, docs / "benchmarks.svg")
    parts = [(HERE / "page.md").read_text(), _caveat(results), _targets(results)]
    parts += [_workload(results, workload) for workload in WORKLOADS.values()]
    parts += [_lines(results), _cold(results), _loads(results), _columns(root), _machine(results)]
    page = "\n".join(filter(None, parts))
    (docs / "benchmarks.md").write_text(page)
    (docs / "images").mkdir(exist_ok=True)
    (docs / "images" / "speed.svg").write_text(speed.draw(page))


def _caveat(results: Results) -> str:
    if not results.is_disturbed:
        return ""
    caveat = (
        "**Other work ran on this machine meanwhile: the figures are too low, some more than "
        "others, and no target is judged by them. Run `make bench` on a machine that does nothing "
        "else.**\n"
    )
    print(f"  {caveat.strip()}")
    return caveat


def _targets(results: Results) -> str:
    rows = []
    for target in targets(results):
        title, found, wanted, verdict = target.row()
        if results.is_disturbed:
            verdict = "not judged"
        print(f"  {title}: {found}, wanted {wanted}: {verdict}")
        rows.append([title, found, wanted, verdict])
    return "## Targets\n\n" + table(["", "measured", "wanted", ""], rows)


def _workload(results: Results, workload: Workload) -> str:
    rows = []
    sql = results.rate(workload.name, "sql")
    for name, result in results.systems(workload.name).items():
        rate = results.rate(workload.name, name)
        rows.append(
            [
                SYSTEMS[name].title,
                f"{rate:,.0f}",
                f"{sql / rate:.2g}",
                f"{median(result['seconds']):.2f}",
                f"{min(result['seconds']):.2f} to {max(result['seconds']):.2f}",
                share(result["files"]),
                off_by(result["difference"]),
                _settings(result["variant"]),
            ]
        )
    repeats = len(results.systems(workload.name)["sql"]["seconds"])
    head = f"## {workload.title}\n\n{workload.rows:,} rows, {repeats} repeats.\n\n"
    columns = [
        "",
        "rows/s",
        "SQL, times as fast",
        "s, median",
        "s",
        "of the table",
        "off by",
        "best",
    ]
    return head + table(columns, rows)


def _settings(variant: dict[str, int] | None) -> str:
    if variant is None:
        return ""
    threads = f"{variant['threads']} thread" if variant["threads"] else "default threads"
    return f"batches of {variant['batch']:,}, {threads}" if "batch" in variant else threads


def _lines(results: Results) -> str:
    rows = []
    for name, workload in WORKLOADS.items():
        for system, found in results.on_spark4[name]["systems"].items():
            older, newer = results.rate(name, system), rate_of(found)
            title = f"{workload.title}: {SYSTEMS[system].title}"
            rows.append([title, f"{older:,.0f}", f"{newer:,.0f}", f"{newer / older:.2f}"])
    return (
        "## Both lines of Spark\n\n"
        "The same tables and models in the same run, one line after the other: Spark 3.5.7 on "
        "Scala 2.12 and 4.2.0 on 2.13, rows a second. What reads the table and what Spark adds "
        "differ between them too, as the scan alone shows.\n\n"
    ) + table(["", "Spark 3.5", "Spark 4", "times as fast"], rows)


def _cold(results: Results) -> str:
    rows = [
        [
            SYSTEMS[system].title,
            cores,
            f"{found['first_row']:.1f}",
            f"{results.probe_rate(probe):,.0f}",
            f"{found['jvm_peak'] / 2**20:,.0f}",
            f"{found['python_peak'] / 2**20:,.0f}" if found["python_peak"] else "",
        ]
        for probe, found in sorted(results.probes.items())
        for system, _, cores in [probe.rpartition("-")]
    ]
    columns = ["", "cores", "s to the first row", "MLP, rows/s", "JVM, MiB", "Python, MiB"]
    return (
        "## Cold start, memory and cores\n\n"
        "Each in a process of its own. The first row is that of the linear model, counted from a "
        "SparkSession that has read the table once. Memory is the largest resident set after the "
        "MLP's table, the workers' added up. One core is one task slot in a process that is bound "
        "to one core, since TensorFlow's own threads would use the second.\n\n"
    ) + table(columns, rows)


def _loads(results: Results) -> str:
    rows = [
        [workload.title, f"{1000 * results.workloads[name]['load']:,.0f}"]
        for name, workload in WORKLOADS.items()
    ]
    natives = median(found["natives"] for found in results.workloads.values())
    return (
        "## Loading\n\n"
        f"TensorFlow's native libraries take {natives:.1f} s, once for a JVM. After that, each "
        "model is located, adapted and loaded in:\n\n"
    ) + table(["", "ms"], rows)


def _columns(root: Path) -> str:
    rows = columns.rows(root)
    if not rows:
        return ""
    return (
        "## Encoding and decoding alone\n\n"
        "Rows of Spark SQL with an array of floats into a tensor, and such a tensor into arrays, "
        "beside copying the batch's bytes at once. By `make bench-columns`, with JMH.\n\n"
    ) + table(columns.HEAD, rows)


def _machine(results: Results) -> str:
    return "## Measured on\n\n" + table(["", ""], [list(item) for item in results.machine.items()])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
