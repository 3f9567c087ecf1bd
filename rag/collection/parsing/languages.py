"""The commonest questions about a collection in German, Spanish and French, put into English.

Word by word: the parser asks for conditions, in any order, so no grammar is needed. Words that
are not in the table stay, and then the question is not understood, as in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TABLE_TEXT = """
welche|welcher|welches = which
wie viele|wieviele|cuántos|cuantos|cuántas|cuantas|combien de|combien d' = how many
qué|que|quels|quelles|quel|quelle|cuáles|cuales|cuál|cual = which
liste|lista|listez|énumère = list
nenne|zeige|zeig|muestra|muéstrame|montre = show
alle|todos los|todas las|todos|todas|tous les|toutes les|tous = all
gibt es|hay|existen|y a-t-il|il y a = there are
papiere|papier|arbeiten|artikel|veröffentlichungen|artículos|articulos|trabajos|travaux = papers
artículo|articulo|trabajo|arbeit|veröffentlichung = paper
haben|hat|tienen|tiene|ont|a été|mit|con|avec = with
sind|ist|wurden|wurde|son|es|está|están|fue|fueron|sont|est = are
genau|exactamente|exactement = exactly
mindestens|al menos|por lo menos|au moins = at least
höchstens|como máximo|au plus = at most
mehr als|más de|mas de|plus de|plus d' = more than
weniger als|menos de|moins de = fewer than
autoren|autor|autores|auteurs|auteur = authors
ein|einen|einem|un solo|un seul|uno = one
zwei|dos|deux = two
drei|tres|trois = three
vier|cuatro|quatre = four
fünf|cinco|cinq = five
sechs|seis|six = six
zehn|diez|dix = ten
zwanzig|veinte|vingt = twenty
erschienen|erschien|veröffentlicht|publicados|publicado|publicaron|publicó|publiés|parus = published
stammen aus|stammen von|stammen|kommen = are from
im jahr|im|en el año|in|en|dans|au cours de = in
aus|von|vom|de|del|du|des = from
seit|desde|depuis = since
vor|antes de|avant = before
nach|después de|despues de|après = after
zwischen|entre = between
und|y|et = and
oder|o|ou = or
januar|enero|janvier = january
februar|febrero|février = february
märz|marzo|mars = march
abril|avril = april
mai|mayo = may
juni|junio|juin = june
juli|julio|juillet = july
agosto|août = august
septiembre|septembre = september
oktober|octubre|octobre = october
noviembre|novembre = november
dezember|diciembre|décembre = december
neueste|neuesten|neuester|más reciente|más recientes|plus récent|plus récents = newest
älteste|ältesten|ältester|más antiguo|más antiguos|plus ancien|plus anciens = oldest
die meisten|meisten|más autores = most
seite|página|pagina = page
seiten|páginas|paginas|pages = pages
auf|sur = on
ohne|sin|sans = without
datum|fecha|date = date
die|der|das|den|dem|los|las|el|la|les|le|l' = the
hier|aquí|ici = here
sammlung|colección|collection = collection
"""
_ENGLISH = re.compile(r"\b(?:the|which|what|how|papers|are|have|with|from|show)\b", re.IGNORECASE)


def _parsed(text: str) -> Mapping[str, str]:
    table: dict[str, str] = {}
    for line in text.strip().splitlines():
        words, _, english = line.partition("=")
        table |= {word.strip(): english.strip() for word in words.split("|")}
    return table


_TABLE = _parsed(_TABLE_TEXT)
_LONGEST_FIRST = sorted(_TABLE, key=lambda word: (-len(word), word))
_WORD = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?:(?!\w)|(?<='))", re.IGNORECASE
)
_LEAST = 2  # words of the table: fewer don't make a language


def in_english(question: str) -> str | None:
    """The question with every word of the table in English; None where it is English already."""
    plain = question.replace("¿", "").replace("’", "'")
    if _ENGLISH.search(plain):
        return None
    english, found = _WORD.subn(lambda match: f"{_TABLE[match[0].lower()]} ", plain)
    return " ".join(english.split()).replace(" ?", "?") if found >= _LEAST else None
