"""What do the lists say of the C2s in a case? Port, feeds, grade and TLP, for whoever shares the case."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from headwater.intel.labels.names import strictest
from headwater.model.case import Contact
from headwater.model.label import Label, Role, Tlp


def with_labels(contacts: tuple[Contact, ...], labels: Iterable[Label]) -> tuple[Contact, ...]:
    """The contacts, with what the labels say of listed C2s.

    Args:
        contacts: of a case.
        labels: that count now, of any role and address.

    Returns:
        The contacts in their order. Of several labels the best grade counts and the strictest TLP, and a port
        only where they name one and the same.
    """
    of_c2: dict[str, list[Label]] = defaultdict(list)
    wanted = {one.address for one in contacts if one.listed}
    for label in labels:
        if label.role is Role.C2 and label.address in wanted:
            of_c2[label.address].append(label)
    return tuple(
        _labelled(one, of_c2[one.address]) if one.listed and one.address in of_c2 else one for one in contacts
    )


def _labelled(contact: Contact, labels: list[Label]) -> Contact:
    ports = {label.port for label in labels if label.port}
    return replace(
        contact,
        port=ports.pop() if len(ports) == 1 else 0,
        source=", ".join(sorted({label.source for label in labels if label.source})),
        grade=min((label.grade for label in labels if label.grade), default=""),
        tlp=strictest(label.tlp for label in labels) or Tlp.AMBER,
    )
