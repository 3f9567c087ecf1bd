"""Which locations name a Chroma server, and what they say of it. Imports no vendor package."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from index.errors import ConfigError

_CLOUD = "cloud:"
_REMOTE = ("http://", "https://", _CLOUD)


def is_remote(location: str | None) -> bool:
    """Whether this location names a server: its vectors are not on this machine's disk."""
    return location is not None and location.startswith(_REMOTE)


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server (``host`` set) or Chroma Cloud (``host`` empty)."""

    host: str = ""
    port: int = 8000
    tls: bool = False
    tenant: str | None = None
    database: str | None = None
    key: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, location: str, key: str | None = None) -> Server:
        """``http://host:port``, ``https://host``, ``cloud:`` or ``cloud:TENANT/DATABASE``.

        Raises ConfigError for anything else.
        """
        if location.startswith(_CLOUD):
            tenant, _, database = location.removeprefix(_CLOUD).partition("/")
            return cls(tenant=tenant or None, database=database or None, key=key)
        try:
            parts = urlsplit(location)
            port = parts.port
        except ValueError as error:
            raise ConfigError(f"not a server's address: {location!r}") from error
        if parts.username or parts.password:
            raise ConfigError("leave user and password out of the server's address; give a key")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in "/":
            raise ConfigError(f"not a server's address: {location!r}; write http://host:port")
        tls = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if tls else 8000), tls, key=key)

    @property
    def name(self) -> str:
        """For messages and folder names; without the key."""
        if self.host:
            return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"
        return f"{_CLOUD}{self.tenant or ''}/{self.database or ''}"
