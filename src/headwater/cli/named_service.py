"""Which service does an argument name, defanged or not?"""

from headwater.errors import BadSetting
from headwater.model.address import refang
from headwater.model.service import Service


def named_service(what: str, text: str) -> Service:
    """The service that an argument names.

    Args:
        what: the argument, for the refusal.
        text: what the user wrote.

    Raises:
        BadSetting: it names none.
    """
    try:
        found = Service.parse(refang(text))
    except ValueError as why:
        raise BadSetting(f"{what}: {why}") from None
    return found
