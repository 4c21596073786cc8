"""The doctor: in a session, from the shell, and on executors that are JVMs of their own."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
import tfpredict
from programs import LINE, UNFIT
from rich.console import Console
from tfpredict.cli.doctor import show


def shell(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    import os

    command = [sys.executable, "-m", "tfpredict.cli", "doctor", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_session_is_well(spark):
    report = tfpredict.doctor(spark)
    assert report.is_well, report
    (host,) = report.hosts
    assert (host.role, host.natives) == ("driver and executor", "loaded")
    assert host.versions["tfpredict"] == report.package == tfpredict.__version__
    assert host.disk_free > 0
    assert host.physical > host.heap > 0
    assert host.outside_heap_limit is None


def test_settings_are_told_and_one_that_does_not_exist_is_a_problem(spark):
    assert tfpredict.doctor(spark).settings == ()
    keys = {"spark.tfpredict.batch.rows": "64", "spark.tfpredict.batch.rws": "64"}
    for key, value in keys.items():
        spark.conf.set(key, value)
    try:
        report = tfpredict.doctor(spark)
    finally:
        for key in keys:
            spark.conf.unset(key)
    known, unknown = report.settings
    assert known == tfpredict.SettingReport("spark.tfpredict.batch.rows", "64")
    assert (unknown.key, unknown.is_known) == ("spark.tfpredict.batch.rws", False)
    assert report.problems == (unknown.problem,)
    assert unknown.problem.startswith("[TFPREDICT_SETTING_UNKNOWN] There is no such setting. ")
    assert "Did you mean spark.tfpredict.batch.rows?" in unknown.problem
    assert not report.is_well


def test_what_has_no_jvm_is_refused():
    with pytest.raises(tfpredict.TfpredictException, match="Expected: a classic SparkSession"):
        tfpredict.doctor(object())


def test_shell_tells_of_this_machine(tmp_path):
    done = shell("--master", "local[1]", "--conf", f"spark.tfpredict.disk.path={tmp_path}")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "driver and executor" in done.stdout
    assert "loaded" in done.stdout
    assert "all is well" in done.stdout
    (kept,) = tmp_path.glob("tfpredict-*/natives/1.15.0-*/libtensorflow_jni.so")
    assert kept.stat().st_size > 100e6


def test_shell_tells_the_settings(models):
    rows, score = "spark.tfpredict.batch.rows=512", "spark.tfpredict.models.score"
    model = f"{score}={models / 'linear'}"
    done = shell("--master", "local[1]", "--conf", rows, "--conf", model)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "setting  spark.tfpredict.batch.rows = 512\n" in done.stdout
    assert f"setting  {score} = {models / 'linear'}\n" in done.stdout
    gone = f"{score}=/models/score"
    wrong = shell("--master", "local[1]", "--conf", rows.replace("rows", "rws"), "--conf", gone)
    assert wrong.returncode == 1
    assert "setting  spark.tfpredict.batch.rws = 512 (has no effect, see below)" in wrong.stdout
    assert "problem  [TFPREDICT_SETTING_UNKNOWN] There is no such setting. " in wrong.stdout
    assert "Found: spark.tfpredict.batch.rws is set to 512. " in wrong.stdout
    assert f"problem  {score} cannot be called: [TFPREDICT_MODEL_NOT_FOUND] " in wrong.stdout


HOST = tfpredict.HostReport(
    role="executor 12",
    process="17@worker-3.example.com",
    host="worker-3.example.com",
    os="Linux 6.1.0-13-amd64",
    arch="x86_64",
    libc="glibc 2.36",
    java="17.0.9+9-Debian-1deb12u1",
    folder="/tmp/tfpredict-spark",
    disk_free=20 << 30,
    heap=4 << 30,
    physical=16 << 30,
    outside_heap=200 << 20,
    outside_heap_limit=1 << 30,
    natives="loaded",
    versions={"Spark": "3.5.7"},
    problems=(),
)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_word_is_broken_whatever_the_width(width):
    out = io.StringIO()
    show(tfpredict.DoctorReport("1", (HOST, HOST), ()), Console(file=out, width=width))
    told = out.getvalue()
    for word in (HOST.role, HOST.host, f"{HOST.os} {HOST.arch} {HOST.libc}", HOST.java):
        assert told.count(word) == 2, told
    assert told.count("200 MB of 1.0 GB") == 2
    # A line for each host where there is room.
    assert (len(told.splitlines()) < 10) == (width == 200)


def test_shell_tells_what_hinders_and_ends_with_1(tmp_path):
    (tmp_path / "file").touch()
    disk = f"spark.tfpredict.disk.path={tmp_path}/file/below"
    done = shell("--master", "local[1]", "--conf", disk, "--json")
    assert done.returncode == 1, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["is_well"] is False
    (host,) = found["hosts"]
    assert host["natives"] == "failed"
    (problem,) = host["problems"]
    assert "Not a directory" in problem
    assert "set spark.tfpredict.disk.path" in problem


SCRIPT = """
import dataclasses, json, os, shutil, sys
import pyspark
from pyspark.sql import SparkSession
import tfpredict

builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
builder.config("spark.executor.instances", "2").config("spark.executor.memoryOverhead", "700m")
builder.config("spark.tfpredict.disk.path", sys.argv[1])
spark = tfpredict.configure(builder).getOrCreate()
report = tfpredict.doctor(spark)
maps = open(f"/proc/{spark.sparkContext._gateway.proc.pid}/maps").read()
print(json.dumps({
    **dataclasses.asdict(report),
    "is_well": report.is_well,
    "mapped_on_driver": "libtensorflow" in maps,
}))
application = spark.sparkContext.applicationId
spark.stop()
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


def test_each_executor_answers_and_the_drivers_jvm_loads_nothing(run_script, tmp_path):
    done = run_script(SCRIPT, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["is_well"], found
    driver, *executors = found["hosts"]
    assert (driver["role"], driver["natives"]) == ("driver", "not needed")
    assert driver["outside_heap_limit"] is None
    assert found["mapped_on_driver"] is False
    assert [host["role"] for host in executors] == ["executor 0", "executor 1"]
    assert [host["natives"] for host in executors] == ["loaded", "loaded"]
    assert [host["outside_heap_limit"] for host in executors] == [700 << 20] * 2
    assert len({host["process"] for host in (driver, *executors)}) == 3
    # Both at once, and unpacked once: a folder and its lock.
    assert len(list(tmp_path.glob("tfpredict-*/natives/*"))) == 2


def test_a_java_that_spark_does_not_run_on_is_one_line(tmp_path):
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    version = UNFIT[1]
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    java.chmod(0o755)
    done = shell(JAVA_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("tfpredict: ")
    able = f"Java {LINE.javas_in_words()} for Spark {LINE.name}"
    assert f"Expected: {able}. Found: Java {version.split('.')[0]} at " in done.stderr
    assert "Fix: Set JAVA_HOME" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_setting_and_a_wrong_master_are_told():
    wrong = shell("--conf", "nothing")
    assert wrong.returncode == 2
    assert "--conf nothing: expected key=value." in wrong.stderr
    relative = shell("--master", "local[1]", "--conf", "spark.tfpredict.disk.path=scratch")
    assert relative.returncode == 1
    wrong = "Expected: an absolute path for spark.tfpredict.disk.path. Found: scratch. "
    assert wrong in relative.stderr
    nowhere = shell("--master", "nowhere")
    assert nowhere.returncode == 1
    assert nowhere.stderr.startswith("tfpredict: Spark did not start: ")
    assert nowhere.stderr.count("\n") == 1
