"""What was read for a case, and how? RanQuery: a query with its rows; ReadTable: a table of the lake.

A case names what it stands on by the ids of these: each number by the queries that gave it, and each of these
by the queries and tables that it read.
"""

from dataclasses import dataclass

from headwater.model.label import Tlp


@dataclass(frozen=True, slots=True)
class RanQuery:
    """One query that ran.

    Attributes:
        id: "q-" and its purpose in a few words: the same in every case that asks the same.
        purpose: what it answers, in words.
        sql: its text as the engine ran it; the flows of the lake's version are the table "flows" in it.
        lake_version: version of the flow table behind it; None for flows from outside a lake.
        rows: rows that came out; None where nobody counted.
        reads: ids of the queries whose answers it reads, and of the tables of the lake.
    """

    id: str
    purpose: str
    sql: str
    lake_version: int | None
    rows: int | None
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file whose entries count in a table.

    Attributes:
        name: its name without folders; text from outside.
        digest: SHA-256 of its bytes, in hex.
        rows: its entries that count.
        tlp: the strictest marking among them; None where they have none.
    """

    name: str
    digest: str
    rows: int
    tlp: Tlp | None = None


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table of the lake that was read.

    Attributes:
        id: "flows", "labels", "networks", "warninglists", "host_keys" or "claims".
        version: its version; 0: nothing had ever been stored in it.
        rows: rows that count: flows in the time looked at, labels that hold, newest lists.
        used: rows about hosts of the case; None where nobody counted.
        digest: SHA-256 over which entries of which files count; "" for flows, which have their version.
        files: whose entries count, by name; none for flows.
    """

    id: str
    version: int
    rows: int
    used: int | None = None
    digest: str = ""
    files: tuple[ReadFile, ...] = ()
