"""``tfpredict doctor``: checks whether models would run on a cluster, or on this machine."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from tfpredict.cli._options import Conf, Json, Master
from tfpredict.cli._plain import literal
from tfpredict.cli._progress import said
from tfpredict.cli._session import pairs, session
from tfpredict.doctor import doctor

if TYPE_CHECKING:
    from tfpredict.doctor import DoctorReport, HostReport, SettingReport

# Letters, more than any table has.
_WIDE = 10_000
_HEADERS = ("", "host", "system", "Java", "free disk", "memory", "heap", "outside it", "natives")


def command(
    master: Master = None,
    conf: Conf = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    """Check the driver and each executor, and show the settings of tfpredict.

    Exits with 1 if something would keep a model from running. Starts Spark, and TensorFlow's
    native library on each executor. Example: tfpredict doctor --master yarn --conf
    spark.executor.instances=4

    Examples
    --------
    >>> command(as_json=True)
    {"package": ..., "hosts": [...], "problems": [], "settings": [...], "is_well": true}
    """
    with (
        session("doctor", master, pairs(conf or [], "--conf"), debug) as spark,
        said("asking the driver and the executors"),
    ):
        report = doctor(spark)
    if as_json:
        print(json.dumps({**dataclasses.asdict(report), "is_well": report.is_well}))
    else:
        # A file or a pipe has no width, and a table must not break its words there.
        show(report, Console(highlight=False, width=None if sys.stdout.isatty() else 200))
    if not report.is_well:
        raise typer.Exit(1)


def show(report: DoctorReport, console: Console) -> None:
    """Print a report: a line for each host if that fits the terminal, else a paragraph.

    Examples
    --------
    >>> from tfpredict import DoctorReport, HostReport, SettingReport
    >>> host = HostReport(
    ...     role="driver", process="17@worker-3", host="worker-3", os="Linux 6.1", arch="x86_64",
    ...     libc="glibc 2.36", java="17.0.9", folder="/tmp/tfpredict-spark", disk_free=20 << 30,
    ...     heap=4 << 30, physical=16 << 30, outside_heap=200 << 20, outside_heap_limit=None,
    ...     natives="not needed", versions={"Spark": "3.5.7"}, problems=(),
    ... )
    >>> setting = SettingReport("spark.tfpredict.batch.rows", "512")
    >>> show(DoctorReport("0.2.0", (host,), (), (setting,)), Console(width=60))
    driver on worker-3
      system      Linux 6.1 x86_64 glibc 2.36
      Java        17.0.9
      free disk   20.0 GB
      memory      16.0 GB
      heap        4.0 GB
      outside it  200 MB
      natives     not needed
    <BLANKLINE>
    folder   /tmp/tfpredict-spark
    versions Python package 0.2.0, Spark 3.5.7
    setting  spark.tfpredict.batch.rows = 512
    verdict  all is well
    """
    table = _table(report.hosts)
    wide = console.options.update(max_width=_WIDE)
    if Measurement.get(console, wide, table).maximum <= console.width:
        console.print(table)
    else:
        for host in report.hosts:
            _show_host(host, console)
    console.print()
    folders = dict.fromkeys(host.folder for host in report.hosts)
    console.print(f"[bold]folder[/bold]   {literal(', '.join(folders))}", soft_wrap=True)
    versions = dict.fromkeys(
        ", ".join(f"{part} {version}" for part, version in sorted(host.versions.items()))
        for host in report.hosts
    )
    for shown in versions:
        console.print(
            f"[bold]versions[/bold] Python package {report.package}, {literal(shown)}",
            soft_wrap=True,
        )
    for setting in report.settings:
        console.print(f"[bold]setting[/bold]  {literal(_told(setting))}", soft_wrap=True)
    if not report.settings:
        console.print("[bold]setting[/bold]  none of spark.tfpredict.* is set")
    problems = [("", problem) for problem in report.problems]
    problems += [(f"{host.role}: ", problem) for host in report.hosts for problem in host.problems]
    for role, problem in problems:
        sentence = f"{role}{problem}".rstrip(".")
        console.print(f"[red]problem[/red]  {literal(sentence)}.", soft_wrap=True)
    if report.is_well:
        console.print("[bold]verdict[/bold]  all is well")


def _told(setting: SettingReport) -> str:
    unknown = "" if setting.is_known else " (has no effect, see below)"
    return f"{setting.key} = {setting.value}{unknown}"


def _table(hosts: tuple[HostReport, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for header in _HEADERS:
        table.add_column(header, no_wrap=True)
    for host in hosts:
        table.add_row(*map(literal, _cells(host)))
    return table


def _show_host(host: HostReport, console: Console) -> None:
    role, name, *cells = _cells(host)
    console.print(f"[bold]{literal(role)}[/bold] on {literal(name)}", soft_wrap=True)
    for header, cell in zip(_HEADERS[2:], cells):
        console.print(f"  {header:<12}{literal(cell)}", soft_wrap=True)


def _cells(host: HostReport) -> tuple[str, ...]:
    outside = _size(host.outside_heap)
    if host.outside_heap_limit is not None:
        outside += f" of {_size(host.outside_heap_limit)}"
    return (
        host.role,
        host.host,
        " ".join(part for part in (host.os, host.arch, host.libc) if part),
        host.java,
        _size(host.disk_free),
        _size(host.physical),
        _size(host.heap),
        outside,
        host.natives,
    )


def _size(count: int | None) -> str:
    if count is None:
        return "unknown"
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"
