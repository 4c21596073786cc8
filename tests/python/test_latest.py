"""Versions that come while a session lives, from PySpark. Those of the test model are 10 apart."""

from __future__ import annotations

import shutil

import pytest
import tfpredict
from pyspark.errors import IllegalArgumentException

FIRST, SECOND = pytest.approx(3.0195961), pytest.approx(13.0195961)


@pytest.fixture
def folder(models, tmp_path):
    shutil.copytree(models / "versions" / "1", tmp_path / "model" / "1")
    return tmp_path / "model"


@pytest.fixture
def publish(models, folder):
    """Bring version 2, all at once."""

    def copy() -> None:
        coming = folder / ".coming"
        shutil.copytree(models / "versions" / "2", coming)
        coming.rename(folder / "2")

    return copy


def test_latest_is_what_each_query_finds(spark, folder, publish):
    first = tfpredict.register(spark, folder, "newest", version="latest")
    assert first.version == 1
    call = "SELECT newest(array(1.0, 2.0)) AS y"
    assert spark.sql(call).first().y == FIRST
    publish()
    assert spark.sql(call).first().y == SECOND
    shutil.rmtree(folder / "2")
    assert spark.sql(call).first().y == FIRST


def test_a_column_can_follow_the_latest_version_too(spark, folder, publish):
    rows = spark.sql("SELECT array(1.0, 2.0) AS features")
    query = rows.select(tfpredict.predict(folder, "features", version="latest").alias("y"))
    assert query.first().y == FIRST
    publish()
    assert query.first().y == SECOND


def test_refresh_takes_the_newest(spark, folder, publish):
    tfpredict.register(spark, folder, "kept")
    publish()
    call = "SELECT kept(array(1.0, 2.0)) AS y"
    assert spark.sql(call).first().y == FIRST
    assert tfpredict.refresh(spark, "kept").version == 2
    assert spark.sql(call).first().y == SECOND


def test_words_that_mean_nothing_are_refused(spark, folder):
    with pytest.raises(
        ValueError, match=r"a number, 'latest' or None for version. Found: 'newest'"
    ):
        tfpredict.register(spark, folder, version="newest")
    with pytest.raises(IllegalArgumentException, match=r"Found: nobody. Fix: "):
        tfpredict.refresh(spark, "nobody")
