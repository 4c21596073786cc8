"""``tfpredict doctor``: whether models would run on a cluster, or on this machine."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.console import Console
from rich.table import Table

from tfpredict.cli._options import Json
from tfpredict.cli._plain import literal
from tfpredict.cli._session import pairs, session
from tfpredict.doctor import doctor

if TYPE_CHECKING:
    from tfpredict.doctor import DoctorReport, HostReport


def command(
    master: Annotated[
        Optional[str], typer.Option(help="Spark's master; by default Spark's own, or local[*].")
    ] = None,
    conf: Annotated[
        Optional[list[str]], typer.Option(help="A setting of Spark as key=value; any number.")
    ] = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    """Look at the driver and at each executor; exit with 1 where something hinders a model.

    Starts Spark, and TensorFlow's native library on each executor.
    Example: tfpredict doctor --master yarn --conf spark.executor.instances=4

    Examples
    --------
    >>> command(as_json=True)
    {"package": ..., "hosts": [...], "problems": [], "is_well": true}
    """
    with session("doctor", master, pairs(conf or [], "--conf"), debug) as spark:
        report = doctor(spark)
    if as_json:
        print(json.dumps({**dataclasses.asdict(report), "is_well": report.is_well}))
    else:
        # A file or a pipe has no width; a table must not break its words there.
        _show(report, Console(highlight=False, width=None if sys.stdout.isatty() else 200))
    if not report.is_well:
        raise typer.Exit(1)


def _show(report: DoctorReport, console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    headers = ("", "host", "system", "Java", "free disk", "memory", "heap", "outside it", "natives")
    for header in headers:
        table.add_column(header, overflow="fold")
    for host in report.hosts:
        table.add_row(*map(literal, _cells(host)))
    console.print(table)
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
    problems = [("", problem) for problem in report.problems]
    problems += [(f"{host.role}: ", problem) for host in report.hosts for problem in host.problems]
    for role, problem in problems:
        console.print(f"[red]problem[/red]  {literal(role + problem)}.", soft_wrap=True)
    if report.is_well:
        console.print("[bold]verdict[/bold]  all is well")


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
