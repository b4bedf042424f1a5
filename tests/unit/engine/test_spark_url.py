"""URLs of Spark engines: what they mean, and what is refused."""

import pytest

from headwater.engine.spark_url import SparkUrl, spark_url
from headwater.errors import BadSetting


@pytest.mark.parametrize(
    ("text", "master"),
    [
        ("spark://head:7077", "spark://head:7077"),
        ("spark://a:7077,b:7077", "spark://a:7077,b:7077"),
        ("spark://[2001:db8::1]:7077", "spark://[2001:db8::1]:7077"),
        ("local", "local"),
        ("local[*]", "local[*]"),
        ("spark://local[2]", "local[2]"),
    ],
)
def test_masters_are_read(text: str, master: str) -> None:
    """As Spark wants them."""
    assert spark_url(text).master == master


def test_options_are_read() -> None:
    """Each where it belongs; folders without a slash at their end."""
    text = "spark://head:7077?memory=4g&driver=2g&cores=8&here=/data/lake/&there=s3a://bucket/lake/"
    assert spark_url(text) == SparkUrl(
        text, "spark://head:7077", "4g", "2g", 8, "/data/lake", "s3a://bucket/lake"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spark://head", "no Spark master"),
        ("spark://head:99999", "no Spark master"),
        ("spark://head:7077/lake", "no Spark master"),
        ("local[0]", "no Spark master"),
        ("local[2", "no Spark master"),
        ("local?colour=red", "no option 'colour'"),
        ("local?memory=lots", "memory=lots is no size"),
        ("local?cores=-1", "cores=-1 is no number of cores"),
        ("local?here=/data", "go together"),
        ("local?here=data&there=s3a://b", "here is an absolute folder"),
        ("local?here=/data&there=/mnt", "here is an absolute folder"),
    ],
)
def test_an_impossible_url_is_refused(text: str, said: str) -> None:
    """Each names the URL and what is wrong with it."""
    with pytest.raises(BadSetting, match=said):
        spark_url(text)


def test_files_are_named_as_the_workers_read_them() -> None:
    """A local path as a URL, or the same path below `there`; what lies elsewhere is refused."""
    wanted = spark_url("local?here=/data/lake&there=s3a://bucket/lake")
    assert spark_url("local").files(["/a b/[1].parquet"]) == ["file:///a b/[1].parquet"]
    assert wanted.files(["/data/lake/flows/x.parquet"]) == ["s3a://bucket/lake/flows/x.parquet"]
    with pytest.raises(BadSetting, match="does not lie in here=/data/lake"):
        wanted.files(["/data/lake2/x.parquet"])
