"""Which ports have a usual service? What "non-standard port" is measured against.

Ports that Debian's /etc/services (netbase) and everyday practice give a name to, a small part of IANA's
registry: most of what is registered there nobody ever meets.
"""

# Below 1024 every port is a system port (RFC 6335, section 6), handed out for one service.
_SYSTEM = 1024
_USUAL = frozenset(
    {
        1080, 1093, 1094, 1099, 1127, 1178, 1194, 1210, 1214, 1236, 1241, 1313, 1314, 1352, 1433, 1434,
        1524, 1645, 1646, 1649, 1677, 1701, 1723, 1812, 1813, 1883, 1935, 2000, 2049, 2082, 2083, 2086,
        2087, 2095, 2096, 2101, 2102, 2103, 2104, 2119, 2121, 2135, 2181, 2222, 2375, 2376, 2379, 2380,
        2401, 2430, 2431, 2432, 2433, 2583, 2600, 2601, 2602, 2603, 2604, 2605, 2606, 2607, 2608, 2628,
        2792, 2811, 2947, 3000, 3050, 3128, 3130, 3205, 3260, 3306, 3389, 3478, 3493, 3632, 3689, 3690,
        4031, 4094, 4190, 4353, 4369, 4373, 4443, 4460, 4500, 4557, 4559, 4569, 4691, 4899, 4949, 5000,
        5001, 5002, 5044, 5050, 5060, 5061, 5190, 5222, 5223, 5269, 5308, 5349, 5353, 5432, 5555, 5556,
        5601, 5666, 5667, 5671, 5672, 5680, 5683, 5900, 5938, 5984, 5985, 5986, 6000, 6001, 6002, 6003,
        6004, 6005, 6006, 6007, 6346, 6347, 6379, 6443, 6444, 6445, 6446, 6514, 6566, 6667, 6696, 6697,
        6881, 7000, 7001, 7002, 7003, 7004, 7005, 7007, 7008, 7009, 7100, 7547, 8000, 8008, 8021, 8080,
        8081, 8088, 8089, 8140, 8443, 8448, 8554, 8834, 8883, 8888, 8990, 9000, 9001, 9030, 9090, 9091,
        9092, 9098, 9100, 9101, 9102, 9103, 9200, 9300, 9418, 9443, 9667, 9673, 10000, 10050, 10051, 10080,
        10081, 10082, 10083, 10809, 11112, 11211, 11371, 17001, 17002, 17003, 17004, 17500, 22125, 22128,
        22273, 24554, 25565, 27017, 27374, 30865, 32400, 51413, 51820, 57000, 60177, 60179, 64738,
    }
)  # fmt: skip
# Protocols whose keys tell them apart, and where they usually run (kinds as in headwater.model.tenancy).
_HOMES = {
    "ssh": frozenset({22}),
    "tls": frozenset(
        {
            443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 4443, 5061, 5223, 5671, 5986, 6443, 6514, 6697,
            8443, 8883, 9443,
        }
    ),
}  # fmt: skip


def has_usual_service(port: int) -> bool:
    """Whether anything is commonly met on a port."""
    return 0 < port < _SYSTEM or port in _USUAL


def is_at_home(kind: str, port: int) -> bool | None:
    """Whether a protocol, told by its key's kind, usually runs on a port; None for kinds that tell none."""
    home = _HOMES.get(kind.partition("/")[0].lower())
    return None if home is None else port in home
