"""How does one picture become a file? SVG or PNG by the name's ending; a reader never sees half of it."""

from pathlib import Path
from typing import Any

from headwater.errors import BadSetting
from headwater.present.charts.drawing import png, spec_of, svg
from headwater.whole_files import write_whole

_ENDINGS = (".svg", ".png")


def picture_file(option: str, file: Path) -> Path:
    """A name that a picture can have.

    Args:
        option: of the command line, for the message.
        file: where the picture shall lie.

    Raises:
        BadSetting: the name ends otherwise than in .svg or .png.
    """
    if file.suffix.lower() not in _ENDINGS:
        raise BadSetting(f"{option} {file}: pictures are SVG or PNG; choose a name that ends in .svg or .png")
    return file


def write_picture(chart: Any, file: Path, *, option: str) -> None:  # Any: any of Altair's kinds of charts
    """Draws a chart into a file, without a browser and without the network.

    Args:
        chart: what to draw.
        file: ends in .svg or .png; an older one is replaced.
        option: of the command line, for the message.

    Raises:
        BadSetting: the name ends otherwise, or the file cannot be written.
    """
    spec = spec_of(chart)
    content = svg(spec).encode() if picture_file(option, file).suffix.lower() == ".svg" else png(spec)
    try:
        write_whole(file, content)
    except OSError as why:
        raise BadSetting(f"{option} {file}: {why.strerror}; choose a file that can be written") from None
