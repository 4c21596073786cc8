"""Which Spark this package is made for."""

from __future__ import annotations

from tfpredict._version import __version__
from tfpredict.errors import TfpredictException


def require_spark(found: str) -> None:
    """Refuse a Spark other than 3.5, whose inner interfaces the jar is built on.

    Parameters
    ----------
    found : str
        A version, such as ``3.5.7``; a vendor's, such as ``3.5.1.2``, is as good.

    Examples
    --------
    >>> require_spark("3.5.7")
    >>> require_spark("4.0.1")
    Traceback (most recent call last):
    ...
    tfpredict.errors.TfpredictException: tfpredict ... needs Spark 3.5, found Spark 4.0.1: ...
    """
    if found.split(".")[:2] != ["3", "5"]:
        raise TfpredictException(
            f"tfpredict {__version__} needs Spark 3.5, found Spark {found}: "
            "pip install pyspark==3.5.7, or run on a cluster that has it."
        )
