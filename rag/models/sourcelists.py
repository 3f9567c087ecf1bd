"""Takes a model's own list of sources out of the stream of a reply."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NAMES = (
    *("references", "reference", "sources", "source", "bibliography", "works cited", "citations"),
    *("reference list", "quellen", "quellenverzeichnis", "literatur", "literaturverzeichnis"),
    *("références", "bibliographie", "referencias", "fuentes", "bibliografía", "referências"),
    *("fontes", "riferimenti", "fonti", "参考文献", "來源", "来源", "参考资料", "出典", "참고문헌"),
    *("источники", "литература"),
)
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_DRESS = r"[\s>#*_=–—-]*"
_HEADING = re.compile(
    rf"{_DRESS}(?P<name>{_NAME})(?:\s(?:used|cited))?[\s*_]*(?P<colon>[:：])?[\s*_]*(?P<rest>.*)",
    re.IGNORECASE,
)
_HEADING_BEGUN = re.compile(
    rf"{_DRESS}(?:{_NAME})(?:\s\w{{0,5}})?[\s*_]*(?:[:：].*)?", re.IGNORECASE
)
_ENTRY = re.compile(
    r"[\s>*_•·–—-]*(?:[\[【［(（^]|\d{1,3}[.)\]]|https?:|www\.|doi\b|(?=[a-z]*\d)[a-z\d]{4}\b)"
    r"|.*\bet al\b|.*\b(?:19|20)\d\d\b"
)
_UNDRESSED = re.compile(_DRESS)
_LONG = 80  # characters of a line that are enough to tell an entry from prose


@dataclass(slots=True)
class SourceListFilter:
    """Passes on a reply without lists such as "References:", which are counted in ``removed``.

    A heading alone on its line takes all that follows with it; one with entries on its line, only
    these and the lines of entries after it. What stands before any words is no heading.
    """

    removed: Counter[str] = field(default_factory=Counter)
    _held: str = ""
    _at_line_start: bool = True
    _begun: bool = False  # a word has come
    _dropping: str = ""  # "all" that follows, or "entries"

    def feed(self, piece: str) -> str:
        """The text that is known to be part of no such list."""
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> str:
        """What is still held back."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        passed = ""
        while self._held:
            if self._dropping == "all":
                self._held = ""
            elif not self._at_line_start:
                end = self._held.find("\n") + 1
                passed += self._pass(end or len(self._held))
            else:
                line, newline, _ = self._held.partition("\n")
                whole = bool(newline) or final
                if whole and self._is_dropped(line):
                    self._held = self._held[len(line) + len(newline) :]
                elif whole or not self._may_be_dropped(line):
                    self._dropping = ""
                    passed += self._pass(len(line) + len(newline))
                else:
                    break
        return passed

    def _is_dropped(self, line: str) -> bool:
        """Whether a whole line is the heading of a list, or an entry of one that goes on."""
        found = _HEADING.fullmatch(line) if self._begun else None
        if found and (not found["rest"] or (found["colon"] and _ENTRY.match(found["rest"]))):
            self.removed[found["name"].lower()] += 1
            self._dropping = "entries" if found["rest"] else "all"
            return True
        return self._dropping == "entries" and (not line.strip() or bool(_ENTRY.match(line)))

    def _may_be_dropped(self, line: str) -> bool:
        """Whether an unfinished line may turn out to be one that is dropped."""
        if self._dropping == "entries":
            return len(line) < _LONG or bool(_ENTRY.match(line))
        if not self._begun:
            return False
        words = _UNDRESSED.sub("", line, count=1).casefold()
        return any(name.startswith(words) for name in _NAMES) or bool(
            _HEADING_BEGUN.fullmatch(line)
        )

    def _pass(self, end: int) -> str:
        text, self._held = self._held[:end], self._held[end:]
        self._at_line_start = text.endswith("\n")
        self._begun = self._begun or any(c.isalnum() for c in text)
        return text
