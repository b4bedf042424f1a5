"""What does the URL of a Spark engine ask for?

    spark://HOST:PORT            a standalone cluster's master; several, for a standby: spark://A:7077,B:7077
    local[*]  local[2]  local    this machine alone, with all cores, two, or one; spark://local[2] is the same

Options stand behind a question mark, joined by &:

    memory=4g     of each executor on a cluster; of the one process with local[...]
    driver=2g     of the driver, the process beside headwater that plans and takes the small answers in
    cores=8       most cores of the cluster that the hunt may take; else all that are free
    here=DIR and there=URL   the workers read the lake's folder DIR as URL, such as s3a://bucket/lake

What they do not say Spark takes from its own files (spark-defaults.conf, $SPARK_CONF_DIR).
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from headwater.errors import BadSetting

_OPTIONS = ("memory", "driver", "cores", "here", "there")
_LOCAL = re.compile(r"local(\[(\*|[1-9][0-9]{0,3})\])?")
_HOST = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})"
_MASTERS = re.compile(rf"spark://{_HOST}(,{_HOST})*")
_SIZE = re.compile(r"[1-9][0-9]{0,6}[kmgt]b?", re.IGNORECASE)  # a JVM's size: 512m, 4g


@dataclass(frozen=True, slots=True)
class SparkUrl:
    """A Spark engine that was asked for.

    Attributes:
        text: as it was written.
        master: as Spark wants it: `spark://HOST:PORT` or `local[N]`.
        memory: of each executor; None: Spark's own default.
        driver: memory of the driver; None: Spark's own default.
        cores: most of the cluster's cores; None: all.
        here: the lake's folder on this machine, without a slash at its end; None: the same for all.
        there: the same folder as the workers read it, without a slash at its end.
    """

    text: str
    master: str
    memory: str | None = None
    driver: str | None = None
    cores: int | None = None
    here: str | None = None
    there: str | None = None

    @property
    def local(self) -> bool:
        """Whether there is no cluster: one process on this machine does it all."""
        return self.master.startswith("local")

    def masters(self) -> list[tuple[str, int]]:
        """Host and port of each master, most often one."""
        places = [place.rpartition(":") for place in self.master.removeprefix("spark://").split(",")]
        return [(host.strip("[]"), int(port)) for host, _, port in places]

    def files(self, paths: list[str]) -> list[str]:
        """The lake's files as the workers read them.

        Args:
            paths: absolute paths on this machine.

        Raises:
            BadSetting: a file does not lie in the folder `here`.
        """
        if self.here is None:
            return [f"file://{path}" for path in paths]
        outside = next((path for path in paths if not path.startswith(f"{self.here}/")), None)
        if outside is not None:
            raise BadSetting(f"--engine {self.text}: {outside} does not lie in here={self.here}")
        return [f"{self.there}{path[len(self.here) :]}" for path in paths]


def spark_url(text: str) -> SparkUrl:
    """Reads a URL.

    Raises:
        BadSetting: it is none, or an option is unknown or impossible.
    """
    place, _, query = text.partition("?")
    inner = place.removeprefix("spark://")
    if _LOCAL.fullmatch(inner):
        master = inner
    elif _MASTERS.fullmatch(place) and all(0 < port < 65_536 for _, port in SparkUrl(text, place).masters()):
        master = place
    else:
        raise BadSetting(
            f"--engine {text}: no Spark master; write spark://HOST:7077, or 'local[*]' for this machine alone"
        )
    options = {key: values[-1] for key, values in parse_qs(query, keep_blank_values=True).items()}
    _check(text, options)
    cores, here, there = options.get("cores"), options.get("here"), options.get("there")
    return SparkUrl(
        text=text,
        master=master,
        memory=options.get("memory"),
        driver=options.get("driver"),
        cores=int(cores) if cores else None,
        here=here.rstrip("/") if here else None,
        there=there.rstrip("/") if there else None,
    )


def _check(text: str, options: dict[str, str]) -> None:
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown:
        raise BadSetting(f"--engine {text}: no option {unknown[0]!r}; there are {', '.join(_OPTIONS)}")
    for name in ("memory", "driver"):
        if name in options and not _SIZE.fullmatch(options[name]):
            raise BadSetting(f"--engine {text}: {name}={options[name]} is no size; write {name}=4g, say")
    cores = options.get("cores")
    if cores is not None and not re.fullmatch(r"[1-9][0-9]{0,5}", cores):
        raise BadSetting(f"--engine {text}: cores={cores} is no number of cores; write cores=8, say")
    if ("here" in options) != ("there" in options):
        raise BadSetting(f"--engine {text}: here=DIR and there=URL go together")
    if "here" in options and not (options["here"].startswith("/") and ":/" in options["there"]):
        raise BadSetting(
            f"--engine {text}: here is an absolute folder and there a URL, such as "
            "here=/data/lake&there=s3a://bucket/lake"
        )
