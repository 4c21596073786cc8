"""The kinds of failures that Python reports itself, by the names that ``docs/errors.md`` explains.

Those of the JVM are in ``ErrorClass.scala``. A kind that both report has the same sentence in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

E = TypeVar("E", bound=Exception)


@dataclass(frozen=True)
class ErrorClass:
    """A kind of failure.

    Attributes
    ----------
    name : str
        What stands in brackets before a message.
    sentence : str
        What went wrong, in one short sentence.
    """

    name: str
    sentence: str

    def message(self, expected: str, found: str, fix: str, model: str = "") -> str:
        """Return the complete message.

        Examples
        --------
        >>> NO_SESSION.message("a running one", "none", "Create one.")
        '[TFPREDICT_NO_SESSION] There is no running SparkSession. Expected: a running one. \
Found: none. Fix: Create one.'
        """
        of_model = f"Model: {model}. " if model else ""
        return (
            f"[{self.name}] {self.sentence} {of_model}"
            f"Expected: {expected}. Found: {found.removesuffix('.')}. Fix: {fix}"
        )

    def error(self, kind: type[E], expected: str, found: str, fix: str, model: str = "") -> E:
        """Return an exception that says so, with this class's name as its ``error_class``.

        Parameters
        ----------
        kind : type
            The exception's Python class.
        expected, found, fix, model : str
            The parts of the message.

        Examples
        --------
        >>> NO_SESSION.error(ValueError, "a running one", "none", "Create one.").error_class
        'TFPREDICT_NO_SESSION'
        """
        return marked(kind(self.message(expected, found, fix, model)), self.name)


def marked(failure: E, name: str | None) -> E:
    """Give an exception an error class, and return it.

    Examples
    --------
    >>> marked(ValueError("wrong"), "TFPREDICT_NO_SESSION").error_class
    'TFPREDICT_NO_SESSION'
    """
    vars(failure)["error_class"] = name
    return failure


def restored(kind: type[Exception], sentence: str, name: str | None) -> Exception:
    """Return an exception that another process has sent, without what only that process had.

    Examples
    --------
    >>> restored(ValueError, "wrong", "TFPREDICT_NO_SESSION").error_class
    'TFPREDICT_NO_SESSION'
    """
    return marked(kind(sentence), name)


NO_SESSION = ErrorClass("TFPREDICT_NO_SESSION", "There is no running SparkSession.")
SESSION_KIND = ErrorClass("TFPREDICT_SESSION_KIND", "This kind of SparkSession cannot do this.")
CONNECT_PLUGIN = ErrorClass(
    "TFPREDICT_CONNECT_PLUGIN", "The Spark Connect server lacks a plugin of tfpredict."
)
JAR_MISSING = ErrorClass("TFPREDICT_JAR_MISSING", "The tfpredict jar is missing.")
JAR_VERSION = ErrorClass("TFPREDICT_JAR_VERSION", "The tfpredict jar is of another version.")
SPARK_LINE = ErrorClass("TFPREDICT_SPARK_LINE", "tfpredict is not made for this version of Spark.")
SPARK_MISSING = ErrorClass("TFPREDICT_SPARK_MISSING", "Spark's jars are missing.")
JAVA_VERSION = ErrorClass("TFPREDICT_JAVA_VERSION", "There is no Java that this Spark supports.")
COMMAND_FAILED = ErrorClass("TFPREDICT_COMMAND_FAILED", "A process for the model failed.")
SIGNATURE_NOT_FOUND = ErrorClass(
    "TFPREDICT_SIGNATURE_NOT_FOUND", "The model has no signature of this name."
)
ARGUMENT_TYPE = ErrorClass(
    "TFPREDICT_ARGUMENT_TYPE", "An argument has a type that it does not take."
)
ARGUMENT_VALUE = ErrorClass(
    "TFPREDICT_ARGUMENT_VALUE", "An argument has a value that it does not take."
)
ARGUMENT_NAME = ErrorClass(
    "TFPREDICT_ARGUMENT_NAME", "The arguments' names do not fit the model's inputs."
)
EXPORT_VERSION = ErrorClass("TFPREDICT_EXPORT_VERSION", "This version of the model exists already.")
EXPORT_FILE = ErrorClass("TFPREDICT_EXPORT_FILE", "This file or folder cannot be exported.")
EXPORT_MODEL = ErrorClass("TFPREDICT_EXPORT_MODEL", "This model cannot be exported as it is.")
EXPORT_TENSORS = ErrorClass(
    "TFPREDICT_EXPORT_TENSORS", "The graph's inputs and outputs are not named correctly."
)
EXPORT_EXAMPLES = ErrorClass(
    "TFPREDICT_EXPORT_EXAMPLES", "The examples cannot be kept with the model."
)
EXPORT_ANSWERS = ErrorClass(
    "TFPREDICT_EXPORT_ANSWERS", "The exported model does not answer as the model itself."
)
