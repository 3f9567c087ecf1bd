"""BM25 over titles and abstracts, by tantivy. The only file that imports tantivy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import PaperchatError
from index.stamp import IndexBroken
from index.text import joined_words, normalise
from index.thesaurus import Stems, Thesaurus, bundled
from index.types import Paper

_ANALYZER = "paper"
_HEAP = 15_000_000  # bytes, the least that tantivy takes
_MAX_TERMS = 256
_FUZZY_BOOST = 0.4

# Words that any question may hold, whatever it is about.
STOPWORDS = """
a about all also an and any anyone anything are as at be been being both but by can could did
do does each either every everyone for from get gets give gives go got had has have having he
her here him his how i if in into is it its itself just let like made make makes many may me
might mine more most much must my need needs neither no nor not of on one ones only or other
others our out over say says she should show showed shown shows so some somebody someone
something such tell than that the their them then there these they this those to us use used
uses using want was we were what when where whether which while who whom whose why will with
would you your paper papers abstract abstracts article articles
"""


class LexicalIndex:
    """One document a paper. Scores are sums of BM25 over three fields.

    ``title``; ``text``, which is title and abstract together; ``joined``, words with inner
    hyphens written as one ("multi-modal" is found by "multimodal").
    """

    def __init__(self, index: Any, analyzer: Any) -> None:  # noqa: ANN401 - untyped vendor objects
        self._index = index
        self._analyzer = analyzer
        self._searcher = index.searcher()
        self._stopwords = frozenset(analyzer.analyze(STOPWORDS))
        self._thesaurus = Thesaurus(bundled(), lambda text: analyzer.analyze(normalise(text)))

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
        self,
        text: str,
        n: int,
        *,
        title_boost: float = 0.0,
        joined_boost: float = 0.5,
        expansion: float = 0.7,
    ) -> list[tuple[str, float]]:
        """(paper id, score), best first, of the ``n`` best papers that share a word with ``text``.

        Any text will do: there are no operators. Words that any question may hold ("which",
        "paper") count only where there are no others. A word of four letters or more that no
        paper has stands for words that differ from it by one typing mistake (two from eight
        letters on). A phrase that the thesaurus knows may also be met by one of its terms, for
        ``expansion`` times the term's score. Boosts are factors of the fields' scores.
        """
        searcher = self._searcher  # one for all of it: another thread may reload meanwhile
        with _translated(self._index):
            boosts = {"text": 1.0, "title": title_boost, "joined": joined_boost}
            parse = _Parser(self._index.schema, searcher, boosts, expansion)
            words = self._analyzer.analyze(normalise(text))[:_MAX_TERMS]
            telling = [word for word in words if word not in self._stopwords] or words
            joined = self._analyzer.analyze(" ".join(joined_words(normalise(text))))
            parts = parse.groups(words, set(telling), self._thesaurus.expansions(words))
            parts += [parse.word(word, fuzzy=False) for word in joined if word not in words]
            query = parse.any_of(parts)
            limit = min(n, searcher.num_docs)
            if query is None or limit < 1:
                return []
            hits = searcher.search(query, limit=limit, count=False).hits
            return [(searcher.doc(at)["id"][0], float(score)) for score, at in hits]


class _Parser:
    """Stems to tantivy queries; None stands for a query that nothing can meet."""

    def __init__(
        self,
        schema: Any,  # noqa: ANN401 - untyped vendor objects
        searcher: Any,  # noqa: ANN401
        boosts: dict[str, float],
        expansion: float,
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._boosts = {field: boost for field, boost in boosts.items() if boost}
        self._expansion = expansion

    def groups(
        self, words: Sequence[str], telling: set[str], expansions: Mapping[Stems, Sequence[Stems]]
    ) -> list[Any]:
        """One query a word or known phrase, in order; longer phrases win over shorter ones."""
        parts: list[Any] = []
        used: set[str] = set()
        at = 0
        while at < len(words):
            phrase = next(
                (p for p in expansions if tuple(words[at : at + len(p)]) == p), (words[at],)
            )
            at += len(phrase)
            fresh = [word for word in phrase if word in telling and word not in used]
            # A phrase means something even where each of its words is one that says nothing.
            known = phrase in expansions and (fresh or len(phrase) > 1) and self._expansion
            used.update(fresh)
            own = self.any_of([self.word(word, fuzzy=True) for word in fresh])
            terms = expansions[phrase] if known else ()
            parts.append(self._best_of(own, [self._all_of(term) for term in terms]))
        return parts

    def word(self, word: str, *, fuzzy: bool) -> Any:  # noqa: ANN401
        """The word in any field; where no paper has it, words that are spelt almost like it."""
        from tantivy import Query

        known = [
            Query.boost_query(self._term(field, word), boost)
            for field, boost in self._boosts.items()
            if self._searcher.doc_freq(field, word)
        ]
        if known or not fuzzy or len(word) < 4:
            return self.any_of(known)
        distance = 2 if len(word) >= 8 else 1
        alike = Query.fuzzy_term_query(self._schema, "text", word, distance)
        return Query.boost_query(alike, _FUZZY_BOOST)

    def any_of(self, parts: Iterable[Any]) -> Any:  # noqa: ANN401
        """The sum of the scores of the parts that a paper meets."""
        from tantivy import Occur, Query

        real = [part for part in parts if part is not None]
        return Query.boolean_query([(Occur.Should, part) for part in real]) if real else None

    def _all_of(self, term: Stems) -> Any:  # noqa: ANN401
        from tantivy import Occur, Query

        if not all(self._searcher.doc_freq("text", word) for word in term):
            return None
        return Query.boolean_query([(Occur.Must, self._term("text", word)) for word in term])

    def _best_of(self, own: Any, terms: Sequence[Any]) -> Any:  # noqa: ANN401
        """The better of the question's own words and, discounted, the best of the terms."""
        from tantivy import Query

        real = [Query.boost_query(term, self._expansion) for term in terms if term is not None]
        if own is not None:
            real.append(own)
        return Query.disjunction_max_query(real) if real else None

    def _term(self, field: str, word: str) -> Any:  # noqa: ANN401
        from tantivy import Query

        return Query.term_query(self._schema, field, word, index_option="freq")


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
