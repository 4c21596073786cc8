"""The session that Python's calls need: what configures it, and one sentence where it is not so."""

from __future__ import annotations

import pytest
import tfpredict
from programs import LINE
from pyspark.sql import SparkSession
from tfpredict.session import jars


def test_configure_keeps_the_jars_that_are_there_and_adds_its_own_once():
    builder = SparkSession.Builder().config("spark.jars", "/some/other.jar")
    builder._options = dict(builder._options)  # a builder's options are shared by all of them
    tfpredict.configure(tfpredict.configure(builder))
    first, second, third = builder._options["spark.jars"].split(",")
    assert first == "/some/other.jar"
    assert second.endswith(f"/{LINE.jar}")
    assert third.endswith(f"/tfpredict-natives-{tfpredict.__version__}.jar")
    assert "spark.plugins" not in builder._options


def test_configure_adds_the_metrics_to_the_plugins_that_are_there():
    builder = SparkSession.Builder().config("spark.plugins", "some.Plugin")
    builder._options = dict(builder._options)
    tfpredict.configure(tfpredict.configure(builder, metrics=True), metrics=True)
    assert builder._options["spark.plugins"] == "some.Plugin,tfpredict.metrics.MetricsPlugin"


NO_JAR = """
import sys
import warnings
from pyspark.sql import SparkSession
import tfpredict
try:
    tfpredict.predict(sys.argv[1], "x")
except tfpredict.TfpredictException as refused:
    print("NO SESSION", refused)
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
register = lambda: tfpredict.register(spark, sys.argv[1])
for call in (register, lambda: tfpredict.executor_loads(spark)):
    try:
        call()
    except tfpredict.TfpredictException as refused:
        print("NO JAR", refused)
with warnings.catch_warnings(record=True) as late:
    warnings.simplefilter("always")
    tfpredict.configure(SparkSession.builder)
print("LATE", *(warning.message for warning in late), late[0].filename == __file__)
spark.stop()
try:
    tfpredict.register(spark, sys.argv[1])
except tfpredict.TfpredictException as refused:
    print("STOPPED", refused)
"""


def test_no_session_no_jar_and_a_stopped_session_are_one_sentence_each(run_script, models):
    done = run_script(NO_JAR, models / "linear")
    create = "tfpredict.configure(SparkSession.builder).getOrCreate()"
    no_session = "[TFPREDICT_NO_SESSION] There is no running SparkSession. Expected:"
    no_jar = (
        "NO JAR [TFPREDICT_JAR_MISSING] The tfpredict jar is missing. Expected: the tfpredict jar "
        "on the SparkSession's class path. Found: none there. Fix: Create the session with "
        f"{create} before any other in this Python process, which may have to start again, "
        'or give Spark\'s command --jars "$(tfpredict jar)".'
    )
    assert done.stdout.splitlines() == [
        f"NO SESSION {no_session} an active SparkSession. Found: none. "
        f"Fix: Create one with {create}.",
        no_jar,
        no_jar,
        "LATE [TFPREDICT_JAR_MISSING] The tfpredict jar is missing. Expected: the tfpredict jar on "
        "the class path of this process's JVM. Found: a JVM that an earlier session started "
        "without it. Fix: Start the Python process or the notebook's kernel again, and call "
        "configure before the first SparkSession. True",
        f"STOPPED {no_session} a running SparkSession. Found: one that has been stopped. "
        f"Fix: Create one with {create}.",
    ], done.stderr[-2000:]


def test_a_missing_jar_file_and_another_version_are_one_sentence_each(spark, models, monkeypatch):
    from tfpredict import _jvm, session

    monkeypatch.setattr(_jvm, "__version__", "9.9.9")
    with pytest.raises(tfpredict.TfpredictException) as refused:
        tfpredict.register(spark, models / "linear")
    assert str(refused.value) == (
        "[TFPREDICT_JAR_VERSION] The tfpredict jar is of another version. Expected: version 9.9.9, "
        f"as the Python package. Found: version {tfpredict.__version__}. "
        "Fix: Use the jar and the Python package of one version."
    )
    assert refused.value.error_class == "TFPREDICT_JAR_VERSION"
    monkeypatch.setattr(session, "__version__", "9.9.9")
    missing = rf"the jar at .*9.9.9.jar. Found: no such file. .*'make jar SPARK={LINE.name}'"
    with pytest.raises(tfpredict.TfpredictException, match=missing):
        tfpredict.configure(SparkSession.Builder())


def test_what_has_no_jvm_is_refused(models):
    with pytest.raises(
        tfpredict.TfpredictException,
        match=r"Expected: a classic SparkSession, which has a JVM beside it. Found: a object. ",
    ):
        tfpredict.register(object(), models / "linear")


def test_a_session_of_connect_is_not_to_be_configured(monkeypatch):
    builder = SparkSession.Builder()
    builder._options = {"spark.remote": "sc://somewhere"}
    refusal = (
        r"Expected: the builder of a classic SparkSession. Found: one of Spark Connect, at "
        r"sc://somewhere. Fix: Do not call configure. Set spark.tfpredict.models.<name> to the "
    )
    with pytest.raises(tfpredict.TfpredictException, match=refusal):
        tfpredict.configure(builder)
    builder._options = {}
    monkeypatch.setenv("SPARK_REMOTE", "sc://somewhere")
    with pytest.raises(tfpredict.TfpredictException, match=refusal):
        tfpredict.configure(builder)
    assert builder._options == {}


def test_configure_keeps_what_is_there():
    builder = SparkSession.Builder()
    builder.config("spark.sql.extensions", "a.B").config("spark.jars", "x.jar")
    for _ in range(2):
        tfpredict.configure(builder)
    assert builder._options["spark.sql.extensions"] == "a.B,tfpredict.sql.Extensions"
    assert builder._options["spark.jars"].split(",") == ["x.jar", *jars().split(",")]


def test_the_configuration_names_functions(run_script, models):
    done = run_script(
        "import sys, tfpredict\n"
        "from pyspark.sql import SparkSession\n"
        "builder = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false')\n"
        f"builder = builder.config('spark.tfpredict.models.golden', {str(models / 'linear')!r})\n"
        "builder = builder.config('spark.tfpredict.models.gone', '/no/such/model')\n"
        "spark = tfpredict.configure(builder).getOrCreate()\n"
        "for session in (spark, spark.newSession()):\n"
        "    print(session.sql('SELECT golden(array(id, 2)) FROM range(1, 2)').first()[0])\n"
        "plan = session.sql('SELECT golden(array(id, 2)) FROM range(3)')._jdf.queryExecution()\n"
        "print('Predict' in plan.executedPlan().toString())\n"
        "try:\n"
        "    spark.sql('SELECT gone(array(1, 2))')\n"
        "except Exception as failed:\n"
        "    print('Found: no such folder' in str(failed))\n"
    )
    assert done.stdout.split() == ["3.0195960998535156"] * 2 + ["True", "True"], done.stderr


MISSPELT = """
import tfpredict
from pyspark.sql import SparkSession

builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
builder.config("spark.tfpredict.model.score", "/models/score")
spark = tfpredict.configure(builder).getOrCreate()
assert spark.sql("SELECT 1").first()[0] == 1
assert spark.newSession().sql("SELECT 1").first()[0] == 1
"""


def test_a_misspelt_setting_is_a_warning_when_spark_starts(run_script):
    done = run_script(MISSPELT)
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = [line for line in done.stderr.splitlines() if "TFPREDICT_SETTING_UNKNOWN" in line]
    assert " WARN Extensions: " in line
    assert "Did you mean spark.tfpredict.models.score?" in line
