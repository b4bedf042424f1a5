"""Which kinds of evidence are there? One a file; a new one is listed here and in the template."""

from collections.abc import Mapping

from headwater.investigate.evidence.actor_families import ACTOR_FAMILIES
from headwater.investigate.evidence.after_listing import AFTER_LISTING
from headwater.investigate.evidence.business import BUSINESS
from headwater.investigate.evidence.by_chance import BY_CHANCE
from headwater.investigate.evidence.claims import CLAIMS
from headwater.investigate.evidence.exchange import EXCHANGE
from headwater.investigate.evidence.exit_port import EXIT_PORT
from headwater.investigate.evidence.families import FAMILIES
from headwater.investigate.evidence.hosting import HOSTING
from headwater.investigate.evidence.key_order import KEY_ORDER
from headwater.investigate.evidence.named_actor import NAMED_ACTOR
from headwater.investigate.evidence.names import NAMES
from headwater.investigate.evidence.networks import NETWORKS
from headwater.investigate.evidence.opening import OPENING
from headwater.investigate.evidence.other_clients import OTHER_CLIENTS
from headwater.investigate.evidence.own_ports import OWN_PORTS
from headwater.investigate.evidence.purity import PURITY
from headwater.investigate.evidence.recording import RECORDING
from headwater.investigate.evidence.tenure import TENURE
from headwater.investigate.evidence.timing import TIMING
from headwater.investigate.rule import Kind

KINDS: Mapping[str, Kind] = {  # in the ledger's order
    kind.name: kind
    for kind in (
        BY_CHANCE, PURITY, TIMING, AFTER_LISTING, FAMILIES, OPENING, OWN_PORTS, BUSINESS, NETWORKS,
        OTHER_CLIENTS, TENURE, EXCHANGE, EXIT_PORT, NAMES, HOSTING, CLAIMS, RECORDING,
        KEY_ORDER, NAMED_ACTOR, ACTOR_FAMILIES,
    )
}  # fmt: skip
