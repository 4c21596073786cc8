"""What the wheel says of itself and carries; `make check-wheel` installs and uses it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tfpredict
from tfpredict._versions import LINES

ROOT = Path(__file__).parents[2]
VERSION = tfpredict.__version__
NATIVES = f"tfpredict-natives-{VERSION}.jar"
OWN = [line.jar for line in LINES]
JARS = [NATIVES, *OWN]


def build(project: Path, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    return subprocess.run(
        [*command, "--wheel-dir", str(folder), str(project)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path):
    """A copy of the package's sources, without its jar."""
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    ignored = shutil.ignore_patterns("*.jar", "__pycache__")
    return Path(shutil.copytree(ROOT / "python", tmp_path / "python", ignore=ignored))


@pytest.fixture
def put_jar(project):
    """Put a jar of some name, with the native libraries of some platforms, into the copy."""

    def put(name: str, *platforms: str) -> None:
        jars = project / "src" / "tfpredict" / "jars"
        jars.mkdir(exist_ok=True)
        with zipfile.ZipFile(jars / name, "w") as jar:
            for platform in platforms:
                jar.writestr(f"org/tensorflow/native/{platform}/library", "")

    return put


def test_the_wheel_carries_the_jar_the_types_and_the_licence(tmp_path):
    done = build(ROOT / "python", tmp_path)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 100 * 1024**2
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        metadata = opened.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        jars = [info for info in opened.infolist() if info.filename.endswith(".jar")]
    built = ROOT / "python/src/tfpredict/jars"
    assert {(jar.filename, jar.file_size) for jar in jars} == {
        (f"tfpredict/jars/{name}", (built / name).stat().st_size) for name in JARS
    }
    # The native libraries once; a line's own jar is small.
    assert all((built / name).stat().st_size < 10_000_000 for name in OWN)
    assert "tfpredict/py.typed" in names
    assert f"tfpredict-{tfpredict.__version__}.dist-info/licenses/LICENSE" in names
    assert "Requires-Python: >=3.9\n" in metadata
    assert "Requires-Dist: tensorflow==2.21.0; extra == 'train'\n" in metadata
    assert "# tfpredict\n" in metadata
    assert "py3-none-" in wheel.name
    assert "none-any" not in wheel.name


@pytest.mark.parametrize(
    ("platforms", "tag"),
    [
        (["linux-x86_64"], "manylinux2014_x86_64"),
        (["darwin-x86_64"], "macosx_10_14_x86_64"),
        (["linux-x86_64", "darwin-x86_64", "windows-x86_64"], "any"),
    ],
)
def test_the_tag_is_that_of_the_jars_native_libraries(project, put_jar, tmp_path, platforms, tag):
    for name in JARS:
        put_jar(name, *(platforms if name == NATIVES else ()))
    done = build(project, tmp_path)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"tfpredict-{tfpredict.__version__}-py3-none-{tag}.whl"


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ([], "none"),
        (["old.jar", *JARS], f"old.jar, {', '.join(JARS)}"),
        (JARS[:2], ", ".join(JARS[:2])),
    ],
)
def test_no_jar_and_another_jar_are_refused(project, put_jar, tmp_path, present, said):
    for name in present:
        put_jar(name, "linux-x86_64")
    done = build(project, tmp_path)
    assert done.returncode != 0
    wanted = ", ".join(JARS)
    told = f"error: the wheel carries the jars {wanted}, and there is {said}: run 'make wheel'"
    assert told in done.stderr
    assert not list(tmp_path.glob("*.whl"))


def test_a_jar_without_native_libraries_is_refused(project, put_jar, tmp_path):
    for name in JARS:
        put_jar(name)
    done = build(project, tmp_path)
    assert f"error: no known native library in {NATIVES}, found []" in done.stderr
