"""Late interaction over a store: pieces read from the catalogue, or worked out where it has none.

Pieces of papers and questions used last are kept in memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from index.cache import PaperCache, tokens_size
from index.catalogue import Catalogue
from index.chunking import Chunking
from index.embedded import embed_chunks
from index.embedding import Embedder, QuestionTokens, TokenEmbedder, load_embedder, token_embedder
from index.late import PaperTokens, TokenMatch, joined, late_scores, match
from index.token_rows import stored_tokens

TOKEN_CACHE_BYTES = 64 * 2**20
_QUESTIONS = 16  # kept: answering asks for the question that was just searched, and its parts


class LateInteraction:
    """Questions against single papers of one store. Safe to use from several threads.

    ``embedder`` gives the store's own. Where that one tells no pieces, the bundled one does.
    """

    def __init__(
        self, catalogue: Catalogue, chunking: Chunking, embedder: Callable[[], Embedder]
    ) -> None:
        self._catalogue = catalogue
        self._chunking = chunking
        self._embedder = embedder
        self._bundled: TokenEmbedder | None = None
        self._papers = PaperCache(self._fetch, tokens_size, TOKEN_CACHE_BYTES)
        self._questions: OrderedDict[tuple[str, str], QuestionTokens] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget papers, which may have changed."""
        self._papers.clear()

    def question(self, text: str) -> QuestionTokens:
        """The question's vector and pieces, by the embedder that tells pieces."""
        teller = self._teller()
        key = teller.token_fingerprint, text
        with self._lock:
            known = self._questions.get(key)
            if known is not None:
                self._questions.move_to_end(key)
                return known
        asked = teller.question_tokens(text)
        with self._lock:
            self._questions[key] = asked
            while len(self._questions) > _QUESTIONS:
                self._questions.popitem(last=False)
        return asked

    def scores(self, question: QuestionTokens, paper_ids: Sequence[str]) -> dict[str, float]:
        """``late`` of those of the papers that are there."""
        found = self._papers.get_many(paper_ids)
        scores = late_scores(question, list(found.values()))
        return dict(zip(found, scores.tolist(), strict=True))

    def matches(self, text: str, paper_ids: Sequence[str]) -> dict[str, TokenMatch]:
        """The question piece by piece against those of the papers that are there."""
        question = self.question(text)
        found = self._papers.get_many(paper_ids)
        return {paper_id: match(question, tokens) for paper_id, tokens in found.items()}

    def _teller(self) -> TokenEmbedder:
        own = token_embedder(self._embedder())
        if own is not None:
            return own
        with self._lock:
            if self._bundled is None:
                self._bundled = token_embedder(load_embedder())
            assert self._bundled is not None, "the bundled embedder tells pieces"
            return self._bundled

    def _fetch(self, paper_ids: Sequence[str]) -> dict[str, PaperTokens]:
        teller = self._teller()
        found = stored_tokens(self._catalogue, paper_ids, teller.token_fingerprint)
        missing = [paper_id for paper_id in paper_ids if paper_id not in found]
        if missing:
            stored = self._catalogue.stored_chunks(missing).values()
            papers = [(one.paper, one.chunks) for one in stored if one.chunks]
            embedded = embed_chunks(teller, self._chunking, papers)
            for (paper, _), mine in zip(papers, embedded, strict=True):
                found[paper.id] = joined(mine.tokens)
        return found
