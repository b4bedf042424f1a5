"""headwater finds the servers behind a botnet's servers, from flow records."""

__version__ = "0.1.0"
