"""Inspecting and verifying, from Python and from the shell: no SparkSession, no TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import tfpredict
from tensorflow.core.protobuf import saved_model_pb2


def shell(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tfpredict.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_model_is_told_whole(models):
    info = tfpredict.inspect(models / "rules" / "dense_bincount")
    assert (info.version, info.tags, info.runs) == (1, (("serve",),), True)
    assert info.producer.startswith("2.")
    signatures = {signature.name: signature for signature in info.signatures}
    assert {"counts", "weighted"} < set(info.examples) == set(signatures)
    counts = signatures["counts"]
    assert [column.describe() for column in counts.inputs] == ["a int64[?, 7]"]
    assert [column.spark_type for column in counts.inputs] == ["ARRAY<BIGINT>"]
    assert counts.inputs[0].tensor == "counts_a:0"
    assert ("DenseBincount is counted by UnsortedSegmentSum", 1) in counts.rewrites
    assert 0 < counts.ops < info.ops
    ragged = tfpredict.inspect(models / "rules" / "ragged_bincount").signatures[0]
    assert ragged.outputs[0].shape is None
    assert ragged.refusals == (
        "x (float32[any rank]), expected an output with a result for each row",
    )


def test_what_cannot_run_says_why(models):
    newer = {
        signature.name: signature for signature in tfpredict.inspect(models / "newer").signatures
    }
    assert newer["plain"].runs
    refused = newer["serving_default"].refusals
    assert len(refused) == 1
    assert refused[0].startswith("op Spence at node Spence in function __inference_newer_")
    halves = tfpredict.inspect(models / "halves")
    assert halves.runs
    assert halves.signatures[0].inputs[0].spark_type == "ARRAY<FLOAT>"
    reads = tfpredict.inspect(models / "reads")
    refused = "ReadFile, which reads the file that its input names,"
    assert any(refused in s.refusals[0] for s in reads.signatures)


def test_no_model(tmp_path):
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"Found: no such folder"):
        tfpredict.inspect(tmp_path / "none")
    with pytest.raises(tfpredict.ModelNotFoundException, match=r"Found: no such folder"):
        tfpredict.verify(tmp_path / "none")


def test_neither_spark_nor_tensorflow_is_imported(run_script, models):
    done = run_script(
        "import sys, tfpredict\n"
        f"assert tfpredict.inspect({str(models / 'linear')!r}).runs\n"
        "print([n for n in ('tensorflow', 'pyspark', 'numpy') if n in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_java(monkeypatch, models, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(tfpredict.TfpredictException, match=r"no java command under JAVA_HOME="):
        tfpredict.inspect(models / "linear")


def test_a_jvm_that_gives_no_answer(monkeypatch, models, tmp_path):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho it is broken\nexit 3\n")
    java.chmod(0o755)
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.1"\n')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    told = r"Found: that it exited with status 3 and printed: it is broken\. Fix: "
    with pytest.raises(tfpredict.TfpredictException, match=told) as failed:
        tfpredict.inspect(models / "linear")
    assert failed.value.error_class == "TFPREDICT_COMMAND_FAILED"


def test_no_spark(monkeypatch, models, tmp_path):
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    with pytest.raises(
        tfpredict.TfpredictException, match=r"spark-core in .* Found: none. Fix: Check SPARK_HOME"
    ):
        tfpredict.inspect(models / "linear")


def test_examples_are_replayed(models):
    report = tfpredict.verify(models / "rules" / "grouped_convolution")
    assert report.agrees
    assert report.difference <= 1e-5
    assert len(report.outputs) == 4
    assert all(output.rows > 1 for output in report.outputs)
    with pytest.raises(tfpredict.ModelLoadException, match=r"export\(\.\.\., examples=batch\)"):
        tfpredict.verify(models / "integers")


def test_shell_inspect(models):
    told = shell("inspect", models / "rules" / "dense_bincount")
    assert told.returncode == 0, told.stderr
    assert "ARRAY<BIGINT>" in told.stdout
    assert "verdict" in told.stdout
    assert "rewritten: DenseBincount is counted by UnsortedSegmentSum (1 node)" in told.stdout
    as_json = shell("inspect", models / "rules" / "dense_bincount", "--json")
    assert json.loads(as_json.stdout)["signatures"][0]["name"] == "binary"


def test_shell_verify(models, copy_of):
    agrees = shell("verify", models / "rules" / "dense_bincount")
    assert agrees.returncode == 0
    assert "agrees with TensorFlow: largest difference " in agrees.stdout
    changed = copy_of("grouped_3d")
    kept = changed / "1" / "assets.extra" / "tfpredict_examples.pb"
    content = bytearray(kept.read_bytes())
    content[-2] ^= 0x3F  # in the last answer's last number
    kept.write_bytes(content)
    # The checksums would find it first.
    (kept.parent / "tfpredict_sha256").unlink()
    differs = shell("verify", changed, "--json")
    assert differs.returncode == 1
    assert json.loads(differs.stdout)["agrees"] is False


def test_shell_errors_are_one_line(models, tmp_path):
    failed = shell("inspect", tmp_path / "none")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("tfpredict: model ")
    assert failed.stderr.count("\n") == 1
    assert shell("inspect").returncode == 2
    assert shell("--version").stdout.strip() == tfpredict.__version__
    assert "Example: tfpredict inspect" in " ".join(shell("inspect", "--help").stdout.split())


def test_a_model_that_prints_is_verified(tmp_path):
    """What a model prints is no part of the report, on whichever stream it comes."""
    tf = pytest.importorskip("tensorflow", reason="exporting needs the extra [train]")

    class Talks(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
        def __call__(self, x):
            tf.print("{", x, output_stream=sys.stdout)
            tf.print('{"path": 1}', output_stream=sys.stderr)
            return {"y": 2.0 * x}

    tfpredict.export(Talks(), tmp_path / "m", examples=[1.0, 2.0])
    assert tfpredict.verify(tmp_path / "m").difference == 0.0
    told = shell("verify", tmp_path / "m", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["agrees"] is True


def test_what_nothing_explains_is_one_line(tmp_path, monkeypatch):
    """Of a JVM that ends itself the words that it leaves are told, and no end of a stack trace."""
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:NoSuchOption")
    told = shell("inspect", tmp_path)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "[TFPREDICT_COMMAND_FAILED] A process for the model failed. " in told.stderr
    assert "Expected: an answer of the JVM for inspect. " in told.stderr
    assert "Found: that it exited with status 1 and printed: " in told.stderr
    monkeypatch.delenv("JAVA_TOOL_OPTIONS")
    for uri in (
        "s3a://bucket/model",
        "abfss://c@a.dfs.core.windows.net/m",
        "gs://bucket/m",
        "none://m",
    ):
        told = shell("inspect", uri)
        assert told.returncode == 1, uri
        assert told.stderr.count("\n") == 1, told.stderr
        assert uri in told.stderr
        assert "\tat " not in told.stderr


def test_a_model_writes_nothing_but_letters_to_a_terminal(copy_of):
    forged = "a\nverdict    runs: all\x1b[2J[red]\u202e"
    root = copy_of("linear")
    (root / "1" / "assets.extra" / "tfpredict_sha256").unlink()
    file = root / "1" / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    signatures = model.meta_graphs[0].signature_def
    signatures[forged].CopyFrom(signatures["serving_default"])
    file.write_bytes(model.SerializeToString())
    for options in ((), ("--graph", "--signature", forged)):
        done = shell("inspect", root, *options)
        assert done.returncode == 0, done.stderr
        # graphviz wants each of the backslashes twice.
        told = done.stdout.replace("\\\\", "\\")
        assert r"a\u000averdict    runs: all\u001b[2J[red]\u202e" in told
        assert not {"\x1b", "\u202e"} & set(done.stdout)
    done = shell("inspect", f"{root}\x1b[2J\n")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
