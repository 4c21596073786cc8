"""The wheel's build hook: its jars must be there, and the tag says for which platforms it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What the native libraries of each platform ask for, read off the libraries: glibc 2.17 and
# GLIBCXX 3.4.19, which is what manylinux2014 promises; macOS 10.14.
TAGS = {
    "linux-x86_64": "manylinux2014_x86_64",
    "darwin-x86_64": "macosx_10_14_x86_64",
    "windows-x86_64": "win_amd64",
}


# One for each line of Spark, and TensorFlow's runtime once, by what their names begin with.
JARS = ("tfpredict-natives", "tfpredict-spark3.5_2.12", "tfpredict-spark4_2.13")


class JarHook(BuildHookInterface):
    """Refuses a wheel without its jars, and names the platforms whose libraries they have."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Set the wheel's tag from the jars; ``version`` is the kind of build."""
        if version == "editable":  # made before the jars are
            return
        jars = sorted((Path(self.root) / "src/tfpredict/jars").glob("*.jar"))
        wanted = [f"{name}-{self.metadata.version}.jar" for name in JARS]
        if [jar.name for jar in jars] != wanted:
            found = ", ".join(jar.name for jar in jars) or "none"
            raise SystemExit(
                f"error: the wheel carries the jars {', '.join(wanted)}, and there is {found}: "
                "run 'make wheel'"
            )
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platforms(jars[0])}"


def platforms(jar: Path) -> str:
    """Return the wheel's platform tag for the native libraries that a jar has."""
    with zipfile.ZipFile(jar) as opened:
        names = "\n".join(opened.namelist())
    found = set(re.findall(r"^org/tensorflow/native/([\w-]+)/.", names, re.MULTILINE))
    if not found or not found <= set(TAGS):
        raise SystemExit(f"error: no known native library in {jar.name}, found {sorted(found)}")
    return "any" if found == set(TAGS) else ".".join(sorted(TAGS[name] for name in found))
