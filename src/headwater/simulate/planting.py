"""What is put into a world beside what its settings say? Hosts, C2s, entries of feeds, contacts."""

from headwater.simulate.botnet import Botnet, make_botnet
from headwater.simulate.listing import Entry
from headwater.simulate.population import Population
from headwater.simulate.sessions import Source


class Planting:
    """What a story adds to an ordinary world; this one adds nothing.

    A world calls each method once, in this order. Hosts are taken up in `botnet`, at the latest in `sources`.
    """

    def botnet(self, population: Population) -> Botnet:
        """C2s and victims, planted C2s among them: victims check in with these as with any other."""
        return make_botnet(population)

    def listing(self, entries: list[Entry]) -> list[Entry]:
        """The entries of the feeds, from those that the settings give."""
        return entries

    def sources(self, entries: list[Entry]) -> list[Source]:
        """Further populations of sessions, from the entries of the feeds."""
        del entries
        return []
