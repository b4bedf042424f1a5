"""How is text from outside shown on a terminal? As headwater.present.printable does everywhere."""

from headwater.present.printable import printable, shown

__all__ = ["printable", "shown"]
