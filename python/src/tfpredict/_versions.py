"""The lines of Spark that this package supports, with the versions that go with each."""

from __future__ import annotations

from dataclasses import dataclass

from tfpredict._error_classes import SPARK_LINE
from tfpredict._version import __version__
from tfpredict.errors import TfpredictException


@dataclass(frozen=True)
class SparkLine:
    """Versions of Spark that one jar serves.

    Attributes
    ----------
    name : str
        Beginning of their version numbers, such as ``3.5``.
    scala : str
        Their version of Scala.
    javas : tuple of int
        The versions of Java that they support.
    pyspark : str
        The version of PySpark that the tests use.

    Examples
    --------
    >>> LINES[1].is_of("4.0.2-amzn-0")
    True
    """

    name: str
    scala: str
    javas: tuple[int, ...]
    pyspark: str

    @property
    def jar(self) -> str:
        """The file name of the jar."""
        return f"tfpredict-spark{self.name}_{self.scala}-{__version__}.jar"

    def is_of(self, version: str) -> bool:
        """Whether a version of Spark is of this line. A vendor's suffix does not matter."""
        return f"{version}.".startswith(f"{self.name}.")

    def javas_in_words(self) -> str:
        """Return the versions of Java as words for a sentence.

        Examples
        --------
        >>> LINES[0].javas_in_words()
        '8, 11 or 17'
        """
        *most, last = map(str, self.javas)
        return f"{', '.join(most)} or {last}"


LINES = (
    SparkLine("3.5", "2.12", (8, 11, 17), "3.5.7"),
    SparkLine("4", "2.13", (17, 21, 25), "4.2.0"),
)

# The command that installs a Spark into Python.
INSTALL = "pip install " + " or ".join(f"pyspark=={line.pyspark}" for line in LINES)


def line_of(version: str) -> SparkLine:
    """Return the line of a version of Spark. Refuse a version of no line.

    Parameters
    ----------
    version : str
        Such as ``3.5.7``. A vendor's suffix, as in ``3.5.1.2``, does not matter.

    Examples
    --------
    >>> line_of("4.2.0").jar.startswith("tfpredict-spark4_2.13-")
    True
    >>> line_of("3.4.1")
    Traceback (most recent call last):
    ...
    tfpredict.errors.TfpredictException: [TFPREDICT_SPARK_LINE] ... Found: Spark 3.4.1. Fix: ...
    """
    for line in LINES:
        if line.is_of(version):
            return line
    names = " or ".join(line.name for line in LINES)
    raise SPARK_LINE.error(
        TfpredictException,
        f"Spark {names} for tfpredict {__version__}",
        f"Spark {version}",
        f"{INSTALL}, or run on a cluster that has it.",
    )
