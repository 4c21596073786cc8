"""What the pages of platforms say is so, as far as no platform is needed to see it."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
from pathlib import Path

import blocks
import command_lines
import dockerfiles
import programs
import pyspark
import pytest
import tfpredict
from blocks import ROOT
from kubernetes_api import KubernetesApi
from programs import SPARK_BIN
from test_documents import quoted, same_lines
from tfpredict._versions import LINES
from tfpredict.session import any_jar

# docs/containers.md, docs/databricks.md, docs/emr.md and docs/dataproc.md.
PAGES = [f"docs/{name}.md" for name in ("containers", "databricks", "dataproc", "emr")]
DOCKERFILES = [ROOT / "examples/docker" / name for name in ("Dockerfile", "Dockerfile.python")]
SUBMIT = ROOT / "examples/kubernetes/submit.sh"
# Settings that end in a name of the user's, and those of vendors' own Sparks.
OPEN = (
    r"spark\.kubernetes\.(driver|executor)\.volumes\.emptyDir\.\w+\.(mount\.path|options\.sizeLimit)"
    r"|spark\.kubernetes\.node\.selector\..+"
    r"|spark\.emr-serverless\.executor\.disk"
)


def own(page: str, language: str) -> list[str]:
    """Blocks of a page that are no lines of a file; those that are, are compared with it."""
    found = [block for block in blocks.of(page) if block.language == language]
    for block in found:
        if quoted(block):
            same_lines(block, quoted(block))
    return [block.text for block in found if not quoted(block)]


def test_lines_of_dockerfiles_are_theirs():
    (image, python) = [b for b in blocks.of("docs/containers.md") if b.language == "dockerfile"]
    for block, file in zip((image, python), DOCKERFILES, strict=True):
        assert quoted(block) == str(file.relative_to(ROOT))
        same_lines(block, quoted(block))


def check(words: list[str]) -> None:
    """Check a command as far as it can be without the program that it calls."""
    while "=" in words[0] and "/" not in words[0].partition("=")[0]:
        words = words[1:]
    if words[0] == "docker" and words[1] == "build":
        file = ROOT / words[words.index("-f") + 1]
        given = {
            w.partition("=")[0]
            for w, b in zip(words[1:], words, strict=False)
            if b == "--build-arg"
        }
        assert given <= dockerfiles.arguments(file)
    elif words[0] == "docker":
        command_lines.check(
            ["spark-submit", *words[words.index("/opt/spark/bin/spark-submit") + 1 :]]
        )
    elif words[0] == "kubectl":
        assert all(
            (ROOT / w).is_file() for w, b in zip(words[1:], words, strict=False) if b == "-f"
        )
    elif words[0] == "aws":
        command_lines.check(["spark-submit", *_of_amazon(words)])
    elif words[0] == "gcloud":
        command_lines.check(["spark-submit", *_of_google(words)])
    elif (ROOT / words[0]).is_file():
        assert os.access(ROOT / words[0], os.X_OK)
    else:
        command_lines.check(words)


def _of_amazon(words: list[str]) -> list[str]:
    if words[1:3] == ["emr", "add-steps"]:
        step = words[words.index("--steps") + 1]
        return re.fullmatch(r"Type=Spark,.*,Args=\[(.*)\]", step)[1].split(",")
    assert words[1:3] == ["emr-serverless", "start-job-run"]
    job = json.loads(words[words.index("--job-driver") + 1])["sparkSubmit"]
    return [*job["sparkSubmitParameters"].split(), job["entryPoint"], *job["entryPointArguments"]]


def _of_google(words: list[str]) -> list[str]:
    flags = dict(w[2:].split("=", 1) for w in words if w.startswith("--") and "=" in w)
    known = {"cluster", "region", "class", "jars", "py-files", "properties", "version"}
    assert set(flags) <= known
    conf = [w for pair in flags.get("properties", "").split(",") if pair for w in ("--conf", pair)]
    return [*(["--class", flags["class"]] if "class" in flags else []), *conf, flags["jars"]]


@pytest.mark.parametrize("page", PAGES)
def test_commands_name_what_is_there(page):
    assert any(block.language == "sh" for block in blocks.of(page))
    for text in own(page, "sh"):
        for words in _lines(text):
            check(words)


def _lines(text: str) -> list[list[str]]:
    """The commands of a block: a line each, but where it is continued or a quote is open."""
    lines, begun = [], ""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        begun = f"{begun}\n{line}" if begun else line
        try:
            words = shlex.split(begun, comments=True)
        except ValueError:  # no closing quotation
            continue
        lines += [words] if words else []
        begun = ""
    assert not begun
    return lines


def settings() -> set[str]:
    """All settings of Spark or of the package that the pages and the script name."""
    texts = [(ROOT / page).read_text() for page in PAGES] + [SUBMIT.read_text()]
    return set(re.findall(r"\bspark\.[a-z][\w-]*(?:\.[\w/-]+)+(?![\w.]*[<(])", "\n".join(texts)))


def test_settings_are_of_spark_or_of_the_package(spark):
    jvm = spark.sparkContext._jvm
    for holder in ("internal.config.package", "deploy.k8s.Config", "sql.internal.StaticSQLConf"):
        jvm.java.lang.Class.forName(f"org.apache.spark.{holder}$")
    find = jvm.org.apache.spark.internal.config.ConfigEntry.findEntry
    unknown = [
        name
        for name in settings()
        if not re.fullmatch(OPEN, name)
        and not (name.startswith("spark.tfpredict.") and command_lines.is_setting(name))
        and find(name) is None
    ]
    assert unknown == []
    assert len(settings()) > 15


@pytest.mark.parametrize("page", PAGES)
def test_files_are_called_as_they_are_built(page):
    text = (ROOT / page).read_text()
    version = tfpredict.__version__
    built = {f"tfpredict-assembly_spark{line.name}_{line.scala}-{version}.jar" for line in LINES}
    tag = re.search(r'"linux-x86_64": "(\w+)"', (ROOT / "python/hatch_build.py").read_text())[1]
    built.add(f"tfpredict-{version}-py3-none-{tag}.whl")
    assert set(re.findall(r"\btfpredict-[\w.-]+\d[\w.-]*\.(?:jar|whl)", text)) <= built


@pytest.mark.parametrize("page", PAGES[1:])
def test_each_runtime_has_the_jar_of_its_spark_and_scala(page):
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / page).read_text().splitlines()
        if re.match(r"\| .* \| \d[\w.-]* \| 2\.1[23]", line)
    ]
    assert len(rows) >= 3
    for _, version, scala, *_, jar in rows:
        (line,) = [each for each in LINES if each.is_of(version)]
        if scala.startswith(line.scala):
            assert jar == f"`tfpredict-assembly_spark{line.name}_{line.scala}`"
        else:
            assert jar.startswith("none")


def test_the_lines_of_databricks_are_well_formed():
    (conf,) = own("docs/databricks.md", "properties")
    for line in conf.splitlines():
        name, value = line.split()
        assert value
        assert command_lines.is_setting(name)
    (source,) = own("docs/databricks.md", "python")
    called = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "tfpredict"
    }
    assert called == {"register", "doctor"}
    assert all(callable(getattr(tfpredict, name)) for name in called)


def test_the_account_is_what_spark_reads_as_one(spark):
    read = spark.sparkContext._jvm.io.fabric8.kubernetes.client.utils.Serialization.unmarshal
    parts = (ROOT / "examples/kubernetes/account.yaml").read_text().split("---\n")
    account, role, binding = [read(part) for part in parts]
    assert [each.getKind() for each in (account, role, binding)] == [
        "ServiceAccount",
        "Role",
        "RoleBinding",
    ]
    assert binding.getRoleRef().getName() == role.getMetadata().getName()
    assert binding.getSubjects()[0].getName() == account.getMetadata().getName()
    assert set(role.getRules()[0].getVerbs()) >= {"create", "watch", "delete"}


def submitted(api: KubernetesApi, *command: object, folder: Path) -> str:
    """Run a command that submits to the server; return what it says."""
    # Spark would wait for pods that never start.
    (folder / "spark-defaults.conf").write_text(
        "spark.kubernetes.submission.waitAppCompletion false\n"
        "spark.scheduler.maxRegisteredResourcesWaitingTime 0s\n"
    )
    environment = {
        **os.environ,
        "PATH": f"{SPARK_BIN}:{os.environ['PATH']}",
        "API": api.address,
        "IMAGE": "registry.example/spark-tfpredict:1",
        "SPARK_CONF_DIR": str(folder),
        "KUBECONFIG": str(folder / "none"),
    }
    done = programs.run(command, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_submit_asks_for_the_drivers_pod(tmp_path):
    with KubernetesApi() as api:
        submitted(api, SUBMIT, "s3a://models/linear_model", folder=tmp_path)
        (pod,) = api.of_kind("Pod", "driver")
        properties = "".join(
            str(value) for each in api.of_kind("ConfigMap") for value in each["data"].values()
        )
    (container,) = pod["spec"]["containers"]
    assert container["image"] == "registry.example/spark-tfpredict:1"
    assert pod["spec"]["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    assert pod["spec"]["serviceAccountName"] == "spark"
    assert container["args"][-3:] == [
        "tfpredict.examples.TfDataFrame",
        "local:///opt/spark/jars/tfpredict.jar",
        "s3a://models/linear_model",
    ]
    assert holds_the_volume(pod)
    for line in ("spark.executor.memoryOverhead=2g", "spark.tfpredict.disk.path=/var/tfpredict"):
        assert line in properties


def holds_the_volume(pod: dict) -> bool:
    """Whether a pod has the script's volume, mounted where the disk's path is."""
    sized = [v for v in pod["spec"]["volumes"] if v.get("emptyDir", {}).get("sizeLimit") == "10Gi"]
    (container,) = pod["spec"]["containers"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    return [mounted[volume["name"]] for volume in sized] == ["/var/tfpredict"]


def test_the_scripts_settings_give_executors_memory_and_the_volume(tmp_path):
    # A driver that asks for executors, which never come, and ends.
    script = tmp_path / "ask.py"
    script.write_text("from pyspark import SparkContext\nSparkContext().stop()\n")
    client = tmp_path / "submit.sh"
    client.write_text(
        re.sub(r"exec spark-submit.*", "", SUBMIT.read_text(), flags=re.DOTALL).replace(
            "--deploy-mode cluster", "--deploy-mode client"
        )
        + 'exec spark-submit "${options[@]}" --conf spark.driver.host=127.0.0.1 "$1"\n'
    )
    with KubernetesApi() as api:
        submitted(api, "bash", client, script, folder=tmp_path)
        pod = api.wait_for("Pod", "executor")
    (container,) = pod["spec"]["containers"]
    assert container["resources"]["limits"]["memory"] == "4096Mi"
    assert pod["spec"]["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    assert holds_the_volume(pod)


@pytest.mark.skipif(
    programs.LINE.name != "3.5", reason="the Dockerfiles have the jar for Spark 3.5"
)
@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_a_spark_as_the_dockerfile_lays_it_out_predicts(file, models, tmp_path):
    image = tmp_path / "image"
    home = image / "opt/spark"
    (home / "jars").mkdir(parents=True)
    for jar in (Path(pyspark.__file__).parent / "jars").iterdir():
        (home / "jars" / jar.name).symlink_to(jar)
    for name in ("bin", "python"):
        there = Path(pyspark.__file__).parent
        (home / name).symlink_to(there / "bin" if name == "bin" else there.parent)
    package = Path(tfpredict.__file__).parent
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "tfpredict").symlink_to(package)
    installed = {"/opt/tfpredict/python": tmp_path / "site"}
    sets = dockerfiles.lay_out(file, ROOT, image, installed)
    assert (home / "jars/tfpredict.jar").is_file()
    if file.name == "Dockerfile":
        last = ["--class", "tfpredict.examples.TfDataFrame", home / "jars/tfpredict.jar"]
    else:
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        last = ["--conf", "spark.sql.extensions=tfpredict.sql.Extensions", program]
    environment = {**os.environ, **sets, "SPARK_HOME": str(home)}
    done = programs.run(
        [home / "bin/spark-submit", "--master", "local[1]", *last, models / "linear"],
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "3.019596" in done.stdout


PROGRAM = """
import sys
import tfpredict
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
tfpredict.register(spark, sys.argv[1], "score")
spark.sql("SELECT score(array(1.0, 2.0)) AS y").show()
"""


def test_the_image_is_of_the_spark_that_is_tested():
    for file in DOCKERFILES:
        (base,) = [each.text for each in dockerfiles.read(file) if each.name == "FROM"]
        assert base.startswith(f"spark:{LINES[0].pyspark}-scala{LINES[0].scala}-java17")
    assert any_jar().is_file()


def test_a_dockerfile_with_a_mistake_is_seen(tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_text("FROM spark:1\nCOYP a b\n")
    with pytest.raises(AssertionError, match="COYP"):
        dockerfiles.read(file)
    file.write_text("ARG JAR=none/*.jar\nFROM spark:1\nCOPY ${JAR} /opt/x.jar\n")
    with pytest.raises(AssertionError, match="nothing is"):
        dockerfiles.lay_out(file, tmp_path, tmp_path / "image", {})
