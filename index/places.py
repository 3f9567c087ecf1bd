"""Where a store is: its folder on this machine, and the server of its vectors."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from index.errors import IndexNotReady
from index.server import Server, is_remote

CATALOGUE = "catalogue.sqlite"


def place(location: str | Path | None, key: str | None) -> tuple[Path, Server | None]:
    """The store's folder on this machine, and the server that holds its vectors, if one does."""
    if location is None:
        return _user_folder() / "store", None
    text = str(location)
    if not isinstance(location, str) or not is_remote(location):
        return Path(text).expanduser().absolute(), None
    server = Server.parse(text, key)
    slug = "".join(char if char.isalnum() else "-" for char in server.name).strip("-")
    digest = sha256(server.name.encode()).hexdigest()[:8]
    return _user_folder() / "remote" / f"{slug[:60]}-{digest}", server


def _user_folder() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("paperchat", appauthor=False))


def make(folder: Path) -> None:
    """Make the store's folder. Raises IndexNotReady where that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexNotReady(f"no store can be kept in {folder}: {error.strerror}") from error


def nothing(folder: Path) -> IndexNotReady:
    """The error for a folder without a store."""
    return IndexNotReady(f"there is no store in {folder}: make one with paperchat index PATH")


def sizes(folder: Path) -> Mapping[str, int]:
    """Bytes on disk of each part."""
    found = {"catalogue": 0, "vectors": 0, "lexical": 0}
    for path in folder.rglob("*"):
        part = path.relative_to(folder).parts[0]
        name = "catalogue" if part.startswith(CATALOGUE) else part
        if name in found and path.is_file():
            found[name] += path.stat().st_size
    return found
