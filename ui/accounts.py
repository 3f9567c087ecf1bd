"""Who may use a shared page: names with hashed passwords, in a file of their owner's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock
from platformdirs import user_data_path

from index.errors import ConfigError

FILE = "accounts"
SHORTEST, LONGEST = 8, 1_000
"""Characters of a password."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?")
_KIND = "scrypt"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: scrypt's N, r and p (RFC 7914). It takes 128 N r bytes."""

    n: int = 2**15
    r: int = 8
    p: int = 1

    def __post_init__(self) -> None:
        power = self.n > 1 and not self.n & (self.n - 1)
        if not (power and 0 < self.r <= 32 and 0 < self.p <= 16 and self.n * self.r <= 2**23):
            raise ValueError("not a cost that scrypt takes here")


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password as it is kept."""

    cost: Cost
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, password: str, cost: Cost) -> Hashed:
        """The password hashed with a new salt."""
        salt = secrets.token_bytes(16)
        return cls(cost, salt, _digest(password, salt, cost))

    @classmethod
    def parse(cls, text: str) -> Hashed:
        """What ``str`` wrote. Raises ValueError for anything else."""
        kind, n, r, p, salt, digest = text.split("$")
        if kind != _KIND:
            raise ValueError(f"not hashed with {_KIND}")
        decode = base64.b64decode
        return cls(Cost(int(n), int(r), int(p)), decode(salt), decode(digest))

    def __str__(self) -> str:
        salt, digest = (base64.b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{_KIND}${self.cost.n}${self.cost.r}${self.cost.p}${salt}${digest}"

    def matches(self, password: str) -> bool:
        """Whether it is this password; takes as long whether or not it is."""
        return hmac.compare_digest(_digest(password, self.salt, self.cost), self.digest)


def _digest(password: str, salt: bytes, cost: Cost) -> bytes:
    plain = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    room = 2 * 128 * cost.n * cost.r * cost.p
    return hashlib.scrypt(plain, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=32)


class Accounts:
    """The accounts in a file, read anew once it changes. Threads and processes may share it.

    A line is a name, a colon and the hashed password; other people must not read the file.
    """

    def __init__(self, path: Path | None = None, *, cost: Cost | None = None) -> None:
        self.path = path or user_data_path("paperchat", appauthor=False) / FILE
        self._cost = cost or Cost()
        self._nobody = Hashed.of(secrets.token_hex(), self._cost)
        self._known: tuple[tuple[int, ...], Mapping[str, Hashed]] | None = None

    def names(self) -> tuple[str, ...]:
        """Every account's name, sorted. Raises ConfigError for a file that is none of accounts."""
        return tuple(sorted(self._read()))

    def check(self, name: str, password: str) -> bool:
        """Whether the account has this password; takes as long where there is no such account."""
        found = self._read().get(name)
        fits = (found or self._nobody).matches(password[: LONGEST + 1])
        return fits and found is not None and len(password) <= LONGEST

    def __contains__(self, name: object) -> bool:
        return name in self._read()

    def put(self, name: str, password: str) -> bool:
        """Adds the account, or changes its password; whether it is new.

        Raises ConfigError for a name or a password that is none.
        """
        check_name(name)
        if not SHORTEST <= len(password) <= LONGEST:
            raise ConfigError(f"a password has {SHORTEST} to {LONGEST:,} characters")
        hashed = Hashed.of(password, self._cost)

        def change(known: dict[str, Hashed]) -> bool:
            alike = {other.casefold(): other for other in known}.get(name.casefold(), name)
            if alike != name:
                raise ConfigError(f"there is an account {alike} already; take another name")
            new = name not in known
            known[name] = hashed
            return new

        return self._change(change)

    def remove(self, name: str) -> bool:
        """Removes the account; whether there was one. Its conversations stay."""
        return self._change(lambda known: known.pop(name, None) is not None)

    def _change(self, change: Callable[[dict[str, Hashed]], bool]) -> bool:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", mode=0o600):
                known = dict(self._read())
                answer = change(known)
                self._write(known)
        except OSError as error:
            raise ConfigError(f"accounts can't be kept in {self.path}: {error.strerror}") from error
        return answer

    def _write(self, known: Mapping[str, Hashed]) -> None:
        text = "".join(f"{name}:{hashed}\n" for name, hashed in sorted(known.items()))
        new = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def _read(self) -> Mapping[str, Hashed]:
        try:
            stat = self.path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if self._known is None or self._known[0] != stamp:
                if os.name == "posix" and stat.st_mode & 0o077:
                    message = f"others may read the accounts in {self.path}"
                    raise ConfigError(f"{message}; run: chmod 600 {self.path}")
                self._known = stamp, MappingProxyType(_parsed(self.path))
            return self._known[1]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(f"accounts can't be read: {self.path}: {error.strerror}") from error


def check_name(name: str) -> None:
    """Raises ConfigError for what can't be an account's name."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"not a name for an account: {name[:80]!r}; it has 1 to 64 letters (a to z), digits, "
            "dots, dashes, underscores or @, with a letter or digit at both ends"
        )


def _parsed(path: Path) -> dict[str, Hashed]:
    found = {}
    try:
        lines = path.read_text("utf-8").splitlines()
        for place, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, hashed = line.partition(":")
            try:
                check_name(name)
                found[name] = Hashed.parse(hashed.strip())
            except (ValueError, ConfigError) as error:
                raise ConfigError(f"line {place} is no account") from error
    except (UnicodeDecodeError, ConfigError) as error:
        message = f"no accounts can be read from {path}: {error}"
        raise ConfigError(f"{message}; make them with: paperchat account add NAME") from error
    return found
