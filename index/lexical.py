"""BM25 over titles and abstracts, by tantivy. The only file that imports tantivy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import PaperchatError
from index.stamp import IndexBroken
from index.text import joined_words, normalise
from index.types import Paper

_ANALYZER = "paper"
_HEAP = 15_000_000  # bytes, the least that tantivy takes
_MAX_TERMS = 256
_FUZZY_BOOST = 0.4


class LexicalIndex:
    """One document a paper. Scores are sums of BM25 over three fields.

    ``title``; ``text``, which is title and abstract together; ``joined``, words with inner
    hyphens written as one ("multi-modal" is found by "multimodal").
    """

    def __init__(self, index: Any, analyzer: Any) -> None:  # noqa: ANN401 - untyped vendor objects
        self._index = index
        self._analyzer = analyzer
        self._searcher = index.searcher()

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """A new and empty index in an empty folder."""
        import tantivy

        with _translated(folder):
            builder = tantivy.SchemaBuilder()
            builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            for field in ("title", "text", "joined"):
                builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
            return cls._of(tantivy.Index(builder.build(), path=str(folder)))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Raises IndexBroken where there is no index, or one that can't be read."""
        import tantivy

        with _translated(folder):
            return cls._of(tantivy.Index.open(str(folder)))

    @classmethod
    def _of(cls, index: Any) -> LexicalIndex:  # noqa: ANN401 - untyped vendor object
        from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

        builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60))
        analyzer = builder.filter(Filter.stemmer("english")).build()
        index.register_tokenizer(_ANALYZER, analyzer)
        index.config_reader(reload_policy="manual")
        return cls(index, analyzer)

    def update(self, papers: Iterable[Paper], gone: Sequence[str] = ()) -> None:
        """Add or replace papers, remove ``gone``; one commit, durable when it returns."""
        from tantivy import Document

        with _translated(self._index):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            try:
                for paper_id in gone:
                    writer.delete_documents_by_term("id", paper_id)
                for paper in papers:
                    title = normalise(paper.title)
                    text = f"{title}\n{normalise(paper.abstract)}"
                    writer.delete_documents_by_term("id", paper.id)
                    joined = " ".join(joined_words(text))
                    writer.add_document(
                        Document(id=paper.id, title=title, text=text, joined=joined)
                    )
                writer.commit()
            finally:
                writer.wait_merging_threads()  # also lets go of tantivy's own lock
            self.reload()

    def reload(self) -> None:
        """See what was committed since, by any process."""
        with _translated(self._index):
            self._index.reload()
            self._searcher = self._index.searcher()

    def count(self) -> int:
        """The number of papers."""
        return int(self._searcher.num_docs)

    def query(
        self, text: str, n: int, *, title_boost: float = 0.5, joined_boost: float = 0.5
    ) -> list[tuple[str, float]]:
        """(paper id, score), best first, of the ``n`` best papers that share a word with ``text``.

        Any text will do: there are no operators. A word of four letters or more that no paper
        has stands for words that differ from it by one typing mistake (two from eight letters
        on). Boosts are factors of the fields' scores.
        """
        with _translated(self._index):
            searcher = self._searcher
            query = self._parse(searcher, text, title_boost, joined_boost)
            if query is None or n < 1:
                return []
            hits = searcher.search(query, limit=n, count=False).hits
            return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def _parse(self, searcher: Any, text: str, title: float, joined: float) -> Any:  # noqa: ANN401
        from tantivy import Occur, Query

        normalised = normalise(text)
        words = self._analyzer.analyze(normalised)[:_MAX_TERMS]
        wholes = self._analyzer.analyze(" ".join(joined_words(normalised)))[:_MAX_TERMS]
        boosts = {"text": 1.0, "title": title, "joined": joined}
        parts = []
        for word in dict.fromkeys([*words, *wholes]):
            known = {field: searcher.doc_freq(field, word) > 0 for field in boosts}
            for field, boost in boosts.items():
                if boost and known[field]:
                    term = Query.term_query(self._index.schema, field, word, index_option="freq")
                    parts.append((Occur.Should, Query.boost_query(term, boost)))
            if word in words and not any(known.values()) and len(word) >= 4:
                distance = 2 if len(word) >= 8 else 1
                fuzzy = Query.fuzzy_term_query(self._index.schema, "text", word, distance)
                parts.append((Occur.Should, Query.boost_query(fuzzy, _FUZZY_BOOST)))
        return Query.boolean_query(parts) if parts else None


@contextmanager
def _translated(where: object) -> Iterator[None]:
    """tantivy's errors, a panic of its Rust core included, as IndexBroken."""
    try:
        yield
    except PaperchatError:
        raise
    except BaseException as error:
        panic = type(error).__name__ == "PanicException"
        if isinstance(error, ValueError | OSError | RuntimeError) or panic:
            raise IndexBroken(f"the lexical index can't be used: {error}") from error
        raise
