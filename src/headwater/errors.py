"""Which errors does a caller of headwater need to tell apart?

    HeadwaterError            wrong use or unusable input; the message names file, place and remedy
      FormatUnknown           no reader recognises the bytes, or the named format does not exist
      ToolMissing             an outside program (nfdump, nfpcapd) is not installed
      UnreadableSource        a file cannot be read at all: missing, no permission, not what it claims
      LakeError               the lake is absent, newer than this program, or damaged
      BadSetting              an argument or a settings file says something impossible

Damaged *records* are no errors: they are counted (`headwater.ingest.reader.Rejects`).
"""


class HeadwaterError(Exception):
    """Anything headwater refuses to do; the text says what happened, where, and what to try."""


class FormatUnknown(HeadwaterError):
    """No reader recognises the bytes, or the format named does not exist."""


class ToolMissing(HeadwaterError):
    """An outside program is needed and not installed; the text holds the command that installs it."""


class UnreadableSource(HeadwaterError):
    """A file cannot be read at all."""


class LakeError(HeadwaterError):
    """The lake is absent, newer than this program, or damaged."""


class BadSetting(HeadwaterError):
    """An argument or a settings file says something impossible."""
