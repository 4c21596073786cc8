"""Checks the driver and each executor for what would keep a model from running there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfpredict import _doors
from tfpredict._version import __version__

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class HostReport:
    """The report on one JVM. Sizes are in bytes.

    Attributes
    ----------
    role : str
        ``driver``, ``executor 3``, or ``driver and executor`` in local mode.
    process : str
        The JVM, as ``pid@host``.
    host : str
        The host's name.
    os, arch : str
        The operating system with its version, and the architecture.
    libc : str
        The C library, such as ``glibc 2.36``; empty if it is unknown.
    java : str
        The JVM's full version.
    folder : str
        Folder for native libraries and fetched models.
    disk_free : int or None
        Free space there for this user.
    heap : int
        Maximum size of the JVM's heap.
    physical : int or None
        Memory of the host, or of the container if Java knows its limit.
    outside_heap : int or None
        Memory that the JVM has outside its heap now.
    outside_heap_limit : int or None
        Its limit: ``spark.executor.memoryOverhead``, or Spark's default. None for a driver.
    natives : str
        ``loaded``, ``failed``, or ``not needed``.
    versions : dict of str to str
        Versions of tfpredict, Spark, Scala, TensorFlow and Hadoop.
    problems : tuple of str
        Sentences, each with a fix.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> found = tfpredict.doctor(spark).hosts[0]
    >>> found.arch, found.natives, found.versions["TensorFlow"]
    ('x86_64', 'loaded', '1.15.0')
    """

    role: str
    process: str
    host: str
    os: str
    arch: str
    libc: str
    java: str
    folder: str
    disk_free: int | None
    heap: int
    physical: int | None
    outside_heap: int | None
    outside_heap_limit: int | None
    natives: str
    versions: dict[str, str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class SettingReport:
    """A key ``spark.tfpredict.*`` that is set, by Spark's configuration or by the session.

    Attributes
    ----------
    key : str
        Its name.
    value : str
        Its value. The password of a URI is left out.
    problem : str or None
        Why the key has no effect, such as a misspelt name.

    Examples
    --------
    >>> SettingReport("spark.tfpredict.batch.rows", "512").is_known
    True
    """

    key: str
    value: str
    problem: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is such a setting."""
        return self.problem is None


@dataclass(frozen=True)
class DoctorReport:
    """The report of `doctor`.

    Attributes
    ----------
    package : str
        The version of this Python package. The jar has the same.
    hosts : tuple of HostReport
        The driver first, then each executor that answered.
    problems : tuple of str
        Sentences about the cluster and its settings; those of one host are the host's.
    settings : tuple of SettingReport
        Every key ``spark.tfpredict.*`` that is set, in the order of their names.

    Examples
    --------
    >>> DoctorReport("0.1.0", (), ("1 of 2 executors answered within 120 s",)).is_well
    False
    """

    package: str
    hosts: tuple[HostReport, ...]
    problems: tuple[str, ...]
    settings: tuple[SettingReport, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing was found that would keep a model from running."""
        return not self.problems and not any(host.problems for host in self.hosts)


def doctor(spark: SparkSession) -> DoctorReport:
    """Check the driver and, with small Spark jobs, each executor; and list the settings.

    Executors load TensorFlow's native library for this. A cluster's driver loads nothing native.
    Takes up to two minutes if executors do not answer.

    Parameters
    ----------
    spark : SparkSession
        A session that ``configure`` made, or one of Spark Connect. Then the driver is the server.

    Returns
    -------
    DoctorReport
        What was found. Problems are in it and raise nothing.

    Raises
    ------
    TfpredictException
        If the jar is missing, or has another version than this package.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> import tfpredict
    >>> spark = tfpredict.configure(SparkSession.builder).getOrCreate()
    >>> report = tfpredict.doctor(spark)
    >>> report.is_well, [host.role for host in report.hosts]
    (True, ['driver and executor'])
    """
    found = _doors.call(spark, "doctor", spark)
    hosts = [
        HostReport(
            **{
                **host,
                "versions": dict(host["versions"]),
                "problems": tuple(host["problems"]),
            }
        )
        for host in map(dict, found["hosts"])
    ]
    settings = [SettingReport(**dict(setting)) for setting in found["settings"]]
    return DoctorReport(__version__, tuple(hosts), tuple(found["problems"]), tuple(settings))
