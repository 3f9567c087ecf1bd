"""``scripted:FILE``: replies from a file, for tests, demos and teaching."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from index.errors import ConfigError
from rag.context import Evidence, EvidenceSentence
from rag.models import ChatRequest, Completion, Finish, Mode
from rag.types import Usage

_KEY = re.compile(r"\{\{(?:key:(\d+)\.(\d+)|(best))\}\}")
_WORDS = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """One reply. The first line whose ``match`` is in the question (any case) is used."""

    reply: str
    match: str = ""
    pieces: int | None = None
    delay_ms: float = 0.0
    finish: Finish = "complete"


class ScriptedModel:
    """A ChatModel that reads its replies from a JSONL file.

    A line is ``{"match"?, "reply", "pieces"?, "delay_ms"?, "finish"?}``. In ``reply``,
    ``{{key:2.1}}`` is the key of the first sentence of the second paper of the evidence, and
    ``{{best}}`` that of the sentence that shares most words with the question; where the evidence
    has no such sentence the placeholder is left out. The reply comes word by word, or in pieces
    of so many characters, ``delay_ms`` apart. A line whose ``match`` begins with ``plan:`` is the
    reply to being asked for a plan of the search for the question that follows.
    """

    mode: Mode = "generative"

    def __init__(self, path: Path | str) -> None:
        self.spec = f"scripted:{path}"
        self._lines = read_script(Path(path))
        self.plans = any(line.match.casefold().startswith("plan:") for line in self._lines)

    def stream(self, request: ChatRequest) -> Iterator[str | Completion]:
        """See ChatModel. A question that no line matches gets an empty reply."""
        question = request.question.casefold()
        line = next((one for one in self._lines if one.match.casefold() in question), None)
        if line is None:
            yield Completion("empty", detail="no line of the script matches the question")
            return
        text = fill(line.reply, request)
        pieces = 0
        for piece in _cut(text, line.pieces):
            if request.cancellation.wait(line.delay_ms / 1000) if line.delay_ms else False:
                yield Completion("failed", detail="cancelled")
                return
            pieces += 1
            yield piece
        finish: Finish = line.finish if text else "empty"
        prompt = sum(len(message.content) for message in request.messages) // 4
        yield Completion(finish, Usage(prompt, pieces), f"the script says {finish!r}")


def fill(reply: str, request: ChatRequest) -> str:
    """The reply with its placeholders replaced by keys of the request's evidence."""
    papers = request.evidence.papers

    def key(match: re.Match[str]) -> str:
        if match[3]:
            best = _best(request.question, request.evidence)
            return best.key if best else ""
        paper, sentence = int(match[1]) - 1, int(match[2]) - 1
        if 0 <= paper < len(papers) and 0 <= sentence < len(papers[paper].sentences):
            return papers[paper].sentences[sentence].key
        return ""

    return _KEY.sub(key, reply)


def _best(question: str, evidence: Evidence) -> EvidenceSentence | None:
    words = set(re.findall(r"\w{4,}", question.lower()))
    sentences = [sentence for paper in evidence.papers for sentence in paper.sentences]
    shared = [len(words & set(re.findall(r"\w{4,}", s.text.lower()))) for s in sentences]
    return sentences[shared.index(max(shared))] if sentences else None


def _cut(text: str, size: int | None) -> Iterator[str]:
    if size:
        yield from (text[start : start + size] for start in range(0, len(text), size))
        return
    end = 0
    for word in _WORDS.finditer(text):
        end = word.end()
        yield word[0]
    if end < len(text):
        yield text[end:]


def read_script(path: Path) -> tuple[Line, ...]:
    """The file's lines. Raises ConfigError naming file and line."""
    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the script {path} can't be read: {error}") from error
    lines = [(n, line) for n, line in enumerate(raw.splitlines(), 1) if line.strip()]
    return tuple(_line(line, f"{path}:{number}") for number, line in lines)


def _line(text: str, place: str) -> Line:
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{place}: not JSON: {error}") from error
    if not isinstance(value, dict) or not isinstance(value.get("reply"), str):
        raise ConfigError(f'{place}: a line is {{"match"?, "reply", ...}} with a text as reply')
    checks = {
        "match": isinstance(value.get("match", ""), str),
        "pieces": value.get("pieces") is None
        or (isinstance(value["pieces"], int) and value["pieces"] > 0),
        "delay_ms": isinstance(value.get("delay_ms", 0), int | float),
        "finish": value.get("finish", "complete") in get_args(Finish),
    }
    wrong = [name for name, right in checks.items() if not right]
    wrong += [name for name in value if name not in (*checks, "reply")]
    if wrong:
        raise ConfigError(f"{place}: not understood: {', '.join(wrong)}")
    return Line(**value)
