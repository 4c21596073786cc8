"""The plugin's figures, scraped as Prometheus does, and its page in Spark's UI."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import blocks
import pytest

ROOT = Path(__file__).parents[2]
PAGE = "docs/metrics.md"
GRAFANA = ROOT / "docs" / "grafana"

SCRIPT = """
import json, os, shutil, signal, sys, time
import urllib.request
import pyspark
from pyspark.sql import SparkSession
import tfpredict

models, work = sys.argv[1:3]
builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.port", "0")
for line in sys.argv[3].splitlines():
    builder.config(*line.split(None, 1))
# A task that fails is not tried again, so that each failure counts once.
builder.config("spark.task.maxFailures", "1")
builder.config("spark.tfpredict.disk.path", work)
spark = tfpredict.configure(builder, metrics=True).getOrCreate()
address = spark.sparkContext.uiWebUrl

def get(path):
    with urllib.request.urlopen(address + path) as answer:
        return answer.read().decode()

def scraped(*wanted):
    # Executors report every five seconds.
    until = time.time() + 60
    while True:
        text = get("/metrics/prometheus")
        if all(each in text for each in wanted) or time.time() > until:
            return text
        time.sleep(0.5)

def figure(model, version, name, value):
    return f"_model_{model}_version_{version}_{name}" + '{type="counters"} ' + f"{value}\\n"

def loaded(number):
    return '_model_linear_version_1_loaded_Value{type="gauges"} ' + f"{number}.0\\n"

def fails(query):
    try:
        spark.sql(query).collect()
    except Exception:
        return True
    return False

before = scraped()
tfpredict.register(spark, f"{models}/linear", "linear")
spark.range(0, 6400, 1, 64).selectExpr("array(id, 2 * id) AS features").createOrReplaceTempView("t")
total = spark.sql("SELECT sum(linear(features)) FROM t").first()[0]
for version, rows in ((1, 200), (2, 300)):
    tfpredict.register(spark, f"{models}/versions", f"v{version}", version=version)
    spark.sql(f"SELECT sum(v{version}(array(id, id))) FROM range(0, {rows}, 1, 2)").collect()
# 50 rows, of which 10 are too short and 5 are null.
rows = "CASE WHEN id % 10 = 9 THEN null WHEN id % 5 = 0 THEN array(id) ELSE array(id, id) END"
tfpredict.register(spark, f"{models}/linear", "lenient", on_error="null")
spark.sql(f"SELECT count(lenient({rows})) FROM range(0, 50, 1, 2)").collect()
# One that fails at each batch of two rows and more, and one that is refused when it is loaded.
tfpredict.register(spark, f"{models}/summed", "summed")
failed = [fails("SELECT sum(summed(array(id, id))) FROM range(0, 8, 1, 1)")]
wrong = shutil.copytree(f"{models}/versions/1", f"{work}/wrong <b> & co/7")
os.remove(f"{wrong}/assets.extra/tfpredict_sha256")
examples = f"{wrong}/assets.extra/tfpredict_examples.pb"
content = bytearray(open(examples, "rb").read())
content[-5] ^= 0x3F
open(examples, "wb").write(content)
tfpredict.register(spark, os.path.dirname(wrong), "wrong")
spark.conf.set("spark.tfpredict.verify.onLoad", "true")
failed += [fails("SELECT wrong(array(id, id)) FROM range(0, 8, 1, 1)")]
spark.conf.set("spark.tfpredict.verify.onLoad", "false")
after = scraped(
    figure("linear", 1, "rows_Count", 6435),
    figure("linear", 1, "rejected_rows_Count", 10),
    figure("versions", 1, "rows_Count", 200),
    figure("versions", 2, "rows_Count", 300),
    figure("summed", 1, "failed_runs_Count", 1),
    figure("wrong__b____co", 7, "failed_loads_Count", 1),
    loaded(2),
)
page, jobs = get("/models/"), get("/jobs/")
processes = {
    entry.executor: int(entry.process.partition("@")[0])
    for entry in tfpredict.executor_loads(spark)
}
os.kill(processes["0"], signal.SIGKILL)
lost = scraped(loaded(1))
print(json.dumps({
    "before": before, "after": after, "lost": lost, "page": page, "jobs": jobs, "failed": failed,
    "total": total, "executors": sorted(processes), "application": spark.sparkContext.applicationId,
}))
application = spark.sparkContext.applicationId
spark.stop()
shutil.rmtree(os.path.join(os.path.dirname(pyspark.__file__), "work", application))
"""


def conf() -> str:
    """The settings that the page gives for Prometheus."""
    (properties,) = blocks.in_language(PAGE, "properties")
    return "\n".join(line for line in properties.splitlines() if "spark.plugins" not in line)


@pytest.fixture(scope="module")
def found(run_script, models, tmp_path_factory):
    done = run_script(SCRIPT, models, tmp_path_factory.mktemp("disk"), conf())
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def rules() -> Iterator[dict[str, str]]:
    """The rules by which Prometheus names and labels what it scrapes."""
    text = (GRAFANA / "prometheus.yml").read_text().partition("metric_relabel_configs:")[2]
    for rule in text.split("- source_labels: [__name__]")[1:]:
        yield dict(re.findall(r'^ +(\w+): "?(.+?)"?$', rule, re.MULTILINE))


def relabelled(scrape: str) -> dict[tuple[tuple[str, str], ...], float]:
    """What Prometheus keeps of a scrape, by all its labels."""
    kept: dict[tuple[tuple[str, str], ...], float] = {}
    for line in scrape.splitlines():
        name, value = re.fullmatch(r"(\w+)\{type=\"\w+\"\} (\S+)", line).groups()
        labels = {"__name__": name}
        for rule in rules():
            match = re.fullmatch(rule["regex"], labels["__name__"])
            if match and rule.get("action") == "drop":
                break
            if match:
                replacement = re.sub(r"\$\{?(\d)\}?", r"\\\1", rule["replacement"])
                labels[rule["target_label"]] = match.expand(replacement)
        else:
            key = tuple(sorted(labels.items()))
            assert key not in kept, f"{key} is there twice"
            kept[key] = float(value)
    return kept


def figures(scrape: str) -> dict[tuple[str, str, str], float]:
    """What the models did, by name, model and version; without the times' buckets."""
    told = {}
    for key, value in relabelled(scrape).items():
        labels = dict(key)
        if labels["__name__"].startswith("tfpredict_") and "le" not in labels:
            name = labels["__name__"].removeprefix("tfpredict_")
            told[name, labels["model"], labels["version"]] = value
    return told


def test_the_driver_shows_exactly_what_two_executors_did(found):
    assert found["executors"] == ["0", "1"]
    assert found["failed"] == [True, True]
    assert found["total"] is not None
    told = figures(found["after"])
    rows = {key[1:]: value for key, value in told.items() if key[0] == "rows_total"}
    wrong = ("wrong__b____co", "7")
    assert rows == {
        ("linear", "1"): 6435,
        ("versions", "1"): 200,
        ("versions", "2"): 300,
        ("summed", "1"): 0,
        wrong: 0,
        ("other", "all"): 0,
    }
    some = {
        name: {key[1:]: value for key, value in told.items() if key[0] == name and value}
        for name in ("rejected_rows_total", "failed_runs_total", "failed_loads_total")
    }
    assert some == {
        "rejected_rows_total": {("linear", "1"): 10},
        "failed_runs_total": {("summed", "1"): 1},
        "failed_loads_total": {wrong: 1},
    }
    assert told["loads_total", "linear", "1"] == 2
    assert told["loaded", "linear", "1"] == 2
    assert told["load_seconds_total", "linear", "1"] > 0
    assert told["loads_total", wrong[0], wrong[1]] == 0


def test_the_times_of_batches_are_a_histogram_of_prometheus(found):
    kept = relabelled(found["after"])
    buckets = {
        float(dict(key)["le"]): value
        for key, value in kept.items()
        if ("__name__", "tfpredict_batch_seconds_bucket") in key and ("model", "linear") in key
    }
    counts = [buckets[bound] for bound in sorted(buckets)]
    told = figures(found["after"])
    batches = told["batches_total", "linear", "1"]
    assert len(counts) == 15
    assert counts == sorted(counts)
    assert counts[-1] == batches >= 66
    seconds = told["batch_seconds_sum", "linear", "1"]
    # No batch is longer than the bound of its bucket, nor shorter than that of the one before.
    bounds = [0.0, *sorted(buckets)]
    inside = [now - before for before, now in zip([0.0, *counts], counts, strict=False)]
    assert sum(n * low for n, low in zip(inside, bounds, strict=False)) <= seconds
    assert seconds <= sum(n * high for n, high in zip(inside, bounds[1:], strict=True) if n)


def test_totals_are_the_sums_and_begin_at_nothing(found):
    name = "driver_plugin_tfpredict_metrics_MetricsPlugin_all_rows_Count"
    totals = [
        int(re.search(rf'{name}\{{type="counters"\}} (\d+)', found[when])[1])
        for when in ("before", "after", "lost")
    ]
    assert totals == [0, 6935, 6935]


def test_the_application_is_a_label(found):
    applications = {dict(key).get("application") for key in relabelled(found["after"])}
    assert found["application"].replace("-", "_") in applications


def test_a_lost_executor_keeps_its_rows_and_has_no_model_loaded(found):
    told = figures(found["lost"])
    assert told["rows_total", "linear", "1"] == 6435
    assert told["loaded", "linear", "1"] == 1
    assert told["loads_total", "linear", "1"] == 2


def test_the_page_in_sparks_ui_says_where_models_are_loaded(found):
    assert re.search(r'<a [^>]*href="[^"]*/models/"[^>]*>Models</a>', found["jobs"])
    page = " ".join(re.sub(r">\s+<", "><", found["page"]).split())
    cells = [
        re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page) if row
    ]
    linear = [row for row in cells if row[:2] == ["linear", "1"]]
    assert [row[3:6] for row in linear] == [["2", "6435", "10"]]
    where = [row for row in cells if row[2:5] == ["linear", "1", "yes"]]
    assert sorted(row[0] for row in where) == ["0", "1"]
    assert sum(int(row[8]) for row in where) == 6435
    for row in where:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row[5])
        assert re.fullmatch(r"\d+\.\d (ms|s)", row[7])


def test_a_models_name_is_text_on_the_page(found):
    assert "wrong &lt;b&gt; &amp; co" in found["page"]
    assert "wrong <b>" not in found["page"]


def queries() -> list[str]:
    """All queries of the dashboard and of the alert rules."""
    board = json.loads((GRAFANA / "tfpredict.json").read_text())
    assert {panel["type"] for panel in board["panels"]} == {"timeseries"}
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [variable["definition"] for variable in board["templating"]["list"]]
    alerts = re.findall(r"^ +expr: (.+)$", (GRAFANA / "alerts.yml").read_text(), re.MULTILINE)
    assert len(alerts) == (GRAFANA / "alerts.yml").read_text().count("- alert:") >= 4
    return asked + alerts


def test_the_dashboard_and_the_alerts_ask_for_metrics_that_are_there(found):
    there = {dict(key)["__name__"] for key in relabelled(found["after"])}
    asked = {name for query in queries() for name in re.findall(r"\btfpredict_\w+", query)}
    own = {name for name in there if name.startswith("tfpredict_")}
    assert asked == own, "each metric is shown, and no other asked for"


def test_the_page_explains_each_metric(found):
    own = {dict(key)["__name__"] for key in relabelled(found["after"])}
    own = {name for name in own if name.startswith("tfpredict_")}
    explained = set(re.findall(r"^\| `(tfpredict_\w+)", (ROOT / PAGE).read_text(), re.MULTILINE))
    assert own == explained
