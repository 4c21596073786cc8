"""A JDBC client: beeline asks Spark's Thrift server, as docs/sql.md says."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess

import programs
import pytest
import sqlpage
from answers import TOLERANCE, difference
from servers import METASTORE, Server
from tfpredict.session import jars

MARK = "-- end of statement --"
OPTIONS = ["--silent=true", "--showHeader=false", "--outputformat=tsv2", "--force=true"]


@pytest.fixture(scope="module")
def server(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("thrift")
    with Server(
        folder,
        sqlpage.command("HiveThriftServer2", JARS=jars()),
        {
            **sqlpage.settings(models),
            "spark.tfpredict.models.images": str(models / "images"),
            "spark.tfpredict.models.gone": str(folder / "gone"),
            "spark.tfpredict.models.odd": str(models / "linear"),
            "spark.tfpredict.models.odd.batch": "8",
        },
        # Named here and found by the jar: it must do no harm.
        {"spark.sql.extensions": "tfpredict.sql.Extensions", **METASTORE},
        tuple(
            part
            for option in ("port={port}", "bind.host=127.0.0.1")
            for part in ("--hiveconf", f"hive.server2.thrift.{option}")
        ),
    ) as server:
        yield server


def beeline(server, command):
    """Run a client, whose URL is the page's, at this server's port."""
    assert any("localhost:10000" in part for part in command)
    command = [part.replace("localhost:10000", f"127.0.0.1:{server.port}") for part in command]
    return programs.run(
        [server.home / "bin" / command[0], *command[1:]],
        env=server.environment(),
        cwd=server.folder,
        stdin=subprocess.DEVNULL,
    )


def ask(server, *statements):
    """Let one client ask all statements; return the lines of each answer, and each error."""
    file = server.folder / "statements.sql"
    file.write_text("".join(f"{statement};\nSELECT '{MARK}';\n" for statement in statements))
    page = sqlpage.command("beeline")
    done = beeline(server, [*page[: page.index("-e")], *OPTIONS, "-f", str(file)])
    # The client of Spark 4 prints its prompt for each statement, though it is told to be silent. To
    # a pipe the prompt is this; the null of an answer is NULL.
    printed = re.sub(r"\nnull +\nnull", "", done.stdout)
    *answers, rest = printed.split(f"{MARK}\n")
    assert len(answers) == len(statements), done.stdout + done.stderr[-3000:]
    assert not rest.strip()
    errors = re.findall(r"^Error: (.*)", done.stderr, re.MULTILINE)
    return [[line for line in answer.splitlines() if line] for answer in answers], errors


def test_the_page_says_what_is_answered(server, models):
    statements = sqlpage.statements(models)
    found, errors = ask(server, *(statement for statement, _ in statements))
    assert not errors
    assert sum(bool(rows) for _, rows in statements) >= 10
    for (statement, rows), lines in zip(statements, found):
        if statement.startswith("EXPLAIN"):
            assert "Predict [score(features#" in lines[0] + lines[-1], lines
            assert "batches of up to 8192 rows" in "".join(lines)
        elif rows:
            assert [line.split("\t") for line in lines] == rows, statement


@pytest.mark.parametrize("call", ["score", "images"])
def test_the_answers_are_tensorflows_own(server, golden, call):
    kept = golden["linear" if call == "score" else call]
    rows = ", ".join(
        f"({index}, {str(row).replace('[', 'array(').replace(']', ')')})"
        for index, row in enumerate(kept["rows"])
    )
    found, errors = ask(
        server, f"SELECT {call}(features) FROM VALUES {rows} AS t(id, features) ORDER BY id"
    )
    assert not errors
    answers = [ast.literal_eval(line) for line in found[0]]
    assert len(answers) == len(kept["answers"])
    for answer, expected in zip(answers, kept["answers"]):
        assert difference(answer, expected) <= TOLERANCE


def test_a_bad_call_is_told_in_a_sentence_and_harms_nobody(server, models):
    good = "SELECT score(array(1, 2))"
    (*_, answer), errors = ask(
        server,
        "SELECT score('text')",
        "SELECT score(array(1, 2), 3)",
        "SELECT score(nope) FROM VALUES (array(1, 2)) AS t(features)",
        "SELECT score(array(1, 2, 3))",
        "SELECT scores(array(1, 2))",
        "SELECT gone(array(1, 2))",
        "SELECT odd(array(1, 2))",
        "SET spark.tfpredict.models.late=/no/such/model",
        "SELECT late(array(1, 2))",
        "RESET spark.tfpredict.models.late",
        good,
    )
    model = f"Model: {models / 'linear'} (version 1, signature serving_default). Expected: "
    typed, counted, unknown, long, misspelt, gone, odd, *late = errors
    assert (
        f"{model}array<float> for input inputs (float32[?, 2]). Found: string for inputs." in typed
    )
    assert f"{model}1 argument, for inputs (float32[?, 2]), or one struct" in counted
    assert "name `nope` cannot be resolved. Did you mean one of the following? [`features`]" in (
        unknown
    )
    assert (
        "tfpredict.InputException: [TFPREDICT_INPUT_LENGTH] An array has a length that the model "
        f"does not take. {model}length 2 at depth 1 in input inputs (float32[?, 2]). "
        "Found: length 3, in row 1 of partition 0. Fix: Correct the row"
    ) in long
    nowhere = "Cannot resolve function" if programs.LINE.name == "3.5" else "Cannot resolve routine"
    assert f"{nowhere} `scores`" in misspelt
    assert f"Model: {server.folder / 'gone'} (unversioned, " in gone
    assert "Expected: a folder. Found: no such folder. Fix: Check the path" in gone
    assert "an option of a model: batchSize, modelVersion" in odd
    assert "Found: spark.tfpredict.models.odd.batch." in odd
    # The name is refused where it is set, or where a model is called next; it is none either way.
    assert len(late) == 2, late
    assert any("Expected: models to be named when Spark starts" in error for error in late), late
    assert answer == ["3.019596"]
    assert server.is_alive()
    # What has been put right serves, in a server that was not started anew.
    shutil.copytree(models / "linear", server.folder / "gone")
    assert ask(server, "SELECT gone(array(1, 2))", good) == ([["3.019596"]] * 2, [])


def test_a_view_may_call_a_model_where_spark_takes_it_for_its_own_function(server):
    (_, *answers), errors = ask(
        server, "CREATE VIEW kept AS SELECT score(array(1, 2)) AS y", "SELECT y FROM kept"
    )
    if programs.LINE.name == "3.5":
        refused, unknown = errors
        assert "[INVALID_TEMP_OBJ_REFERENCE]" in refused
        assert "`score`" in refused
        assert "[TABLE_OR_VIEW_NOT_FOUND]" in unknown
    else:
        # Each client has a session of its own.
        assert [*answers, *ask(server, "SELECT y FROM kept")[0]] == [["3.019596"]] * 2
        assert not errors


def test_sessions_share_what_is_loaded_and_start_without_a_warning(server, models):
    # The page's own client is one more session.
    done = beeline(server, sqlpage.command("beeline"))
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"\| 3\.019596 +\|", done.stdout)
    assert len(server.logged("Thrift")) > 0
    assert len(server.logged(f"Loaded model {models / 'linear'} ")) == 1
    assert not server.logged("replaced a previously registered function")
