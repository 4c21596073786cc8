"""Calls a Spark Connect server that has tfpredict's plugins. The client has no JVM of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tfpredict import _error_classes, errors
from tfpredict._version import __version__

if TYPE_CHECKING:
    from pyspark.sql import Column, SparkSession

_CALL = "tfpredict/call"
_SETTINGS = (
    "spark.connect.extensions.command.classes=tfpredict.connect.CallPlugin and "
    "spark.connect.extensions.expression.classes=tfpredict.connect.PredictPlugin"
)
# What each session's server has answered about itself.
_SERVERS: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def is_connect(spark: object) -> bool:
    """Return whether a session is one of Spark Connect."""
    return type(spark).__module__.startswith("pyspark.sql.connect.")


def needs_jvm() -> errors.TfpredictException:
    """Return the error of what a session without a JVM beside it cannot do."""
    return _error_classes.SESSION_KIND.error(
        errors.TfpredictException,
        "a classic SparkSession, which has a JVM beside it",
        "one of Spark Connect",
        "Set spark.tfpredict.models.<name> to the model's path on the server, and call the "
        "function by that name.",
    )


def call(spark: SparkSession, method: str, *arguments: Any) -> Any:
    """Call one method of the server's ``PythonApi``. Its exceptions become this package's.

    Parameters
    ----------
    spark : SparkSession
        A session of Spark Connect. The server runs the call in its own session for it.
    method : str
        The method's name.
    *arguments
        Plain Python values, lists and dicts of these, and the SparkSession, which is not sent.
        Entries of a dict that are None are left out.
    """
    check(spark)
    return _asked(spark, method, *(value for value in arguments if value is not spark))


def check(spark: SparkSession) -> None:
    """Refuse a server that has no tfpredict plugin, or one of another version."""
    _server(spark)


def predict(spark: SparkSession, path: str, *call: Any) -> Column:
    """Return a prediction as a column. The server makes it when it analyses a query.

    Parameters
    ----------
    spark : SparkSession
        Any session of the server.
    path : str
        The model.
    *call
        Columns, the names of the inputs that the last of them are, and options.
    """
    if not _server(spark)["predicts"]:
        raise _error_classes.CONNECT_PLUGIN.error(
            errors.TfpredictException,
            "a server that makes columns of models",
            "one without PredictPlugin",
            f"Set {_SETTINGS} on the server, and restart it.",
        )
    from tfpredict._connect_column import prediction

    columns, names, options = call
    column: Column = prediction(columns, _json(path, names, options))
    return column


def _server(spark: SparkSession) -> dict[str, Any]:
    if spark not in _SERVERS:
        import pyspark

        from tfpredict import _received

        if pyspark.__version__.startswith("3."):
            raise needs_jvm()
        _received.install()
        try:
            told = _asked(spark, "about")
        except Exception as refused:
            raise _explained(spark, refused) from None
        if told["version"] != __version__:
            raise _error_classes.JAR_VERSION.error(
                errors.TfpredictException,
                f"version {__version__}, as the Python package",
                f"version {told['version']} on the Spark Connect server",
                "Use the jar and the Python package of one version.",
            )
        _SERVERS[spark] = told
    return _SERVERS[spark]


def _explained(spark: SparkSession, refused: Exception) -> Exception:
    # Each version of Spark says this if no plugin takes the message.
    if "No handler found for extension" not in str(refused):
        return refused
    if spark.version.startswith("3."):
        return needs_jvm()
    return _error_classes.CONNECT_PLUGIN.error(
        errors.TfpredictException,
        "a server with tfpredict's plugins",
        "one without CallPlugin",
        f"Start the server with the tfpredict jar and with {_SETTINGS}. Or set "
        "spark.tfpredict.models.<name> to the model's path there, and call the function by that "
        "name.",
    )


def _asked(spark: SparkSession, *words: Any) -> Any:
    from pyspark.sql.connect import proto

    client: Any = spark.client
    command = proto.Command()
    command.extension.type_url = _CALL
    command.extension.value = _json(*words).encode()
    properties = client.execute_command(command)[1]
    return json.loads(properties["sql_command_result"].extension.value)


def _json(*words: Any) -> str:
    return json.dumps([_plain(word) for word in words])


def _plain(word: Any) -> Any:
    if isinstance(word, dict):
        return {key: value for key, value in word.items() if value is not None}
    return word
