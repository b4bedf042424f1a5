"""What does it mean when Spark cannot run a query, and what is to be done?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from headwater.errors import BadSetting, HeadwaterError, LakeError
from headwater.lake.by_host import BY_HOST
from headwater.lake.snapshot import RESTORE

_GONE = re.compile(r"FILE_NOT_EXIST|PATH_NOT_FOUND|FileNotFoundException|does not exist|Permission denied")
_DAMAGED = re.compile(
    r"CANNOT_READ_FILE_FOOTER|FAILED_READ_FILE|is not a Parquet file|ParquetDecodingException"
)
_MEMORY = re.compile(
    r"OutOfMemoryError|UNABLE_TO_ACQUIRE_MEMORY|maxResultSize|exit status 137|Java heap space"
)
_ENDED = re.compile(
    r"SparkContext was shut down|stopped SparkContext|All masters are unresponsive|has been killed"
)
_FILE = re.compile(r"(?:file:|[a-z0-9]+://)[^\s'\"`,]+")


@contextmanager
def explained(purpose: str, engine: str) -> Iterator[None]:
    """Turns Spark's refusals into ours.

    Args:
        purpose: what was being computed.
        engine: the engine's URL.
    """
    try:
        yield
    except (Py4JError, PySparkException, OSError) as why:
        raise refusal(purpose, engine, why) from None


def refusal(purpose: str, engine: str, why: Exception) -> HeadwaterError:
    """The error to raise for an exception of Spark's."""
    text = said(why)
    file = _FILE.search(text)
    named = f" ({file[0].rstrip('.')})" if file else ""
    if _MEMORY.search(text):
        return BadSetting(
            f"{purpose}: Spark ran out of memory; give executors more with --engine "
            "'spark://HOST:7077?memory=4g', and the driver with driver=4g"
        )
    if _GONE.search(text):
        return LakeError(
            f"{purpose}: a worker cannot read a file of the lake{named}; every worker must find the lake's "
            "files under the same path, as on a shared folder, or be told with here=DIR&there=URL where they "
            "are"
        )
    if _DAMAGED.search(text):
        anew = f"/{BY_HOST}/" in named
        remedy = "make the copy anew with `headwater compact --rebuild`" if anew else RESTORE
        return LakeError(f"{purpose}: a file of the lake cannot be read{named}; {remedy}")
    if _ENDED.search(text):
        return BadSetting(
            f"{purpose}: the cluster ended the session; see whether the master of --engine {engine} still "
            "runs, and what its log says"
        )
    if isinstance(why, OSError) or "Py4JNetworkError" in type(why).__name__ or "connect to the Java" in text:
        return BadSetting(
            f"{purpose}: Spark's driver on this machine ended; give it more memory with "
            "--engine 'spark://HOST:7077?driver=4g' (with local: memory=4g)"
        )
    return BadSetting(f"{purpose}: Spark cannot run it: {text.splitlines()[0][:300]}")


def said(why: BaseException) -> str:
    """What Spark said, with what its Java exceptions name as causes."""
    java = getattr(why, "java_exception", None) or getattr(why, "_origin", None)
    texts = [str(why)]
    try:
        while java is not None and len(texts) < 10:
            texts.append(str(java.toString()))
            java = java.getCause()
    except (Py4JError, OSError):
        texts.append("the driver does not answer any more")
    return "\n".join(text for text in texts if text) or type(why).__name__
