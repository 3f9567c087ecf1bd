"""Which language a question is in, and whether its words are spelt as English ones are. Pure.

By script and by function words, without a dependency. The papers are in English, so that a question
that could be English is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources

from rag.planning.leaning import content_words, names_of

UNKNOWN = "und"
"""ISO 639's code for a language that is not English and not told apart."""

_SCRIPTS = {
    "ja": "[\u3040-\u30ff]",
    "ko": "[\u1100-\u11ff\uac00-\ud7af]",
    "zh": "[\u3400-\u9fff]",
    "uk": "[\u0454\u0456\u0457\u0491]",
    "ru": "[\u0400-\u052f]",
    "el": "[\u0370-\u03ff\u1f00-\u1fff]{3,}",  # one or two are a symbol
    "he": "[\u0590-\u05ff]",
    "ar": "[\u0600-\u06ff]",
    "hi": "[\u0900-\u097f]",
    "bn": "[\u0980-\u09ff]",
    "ta": "[\u0b80-\u0bff]",
    "th": "[\u0e00-\u0e7f]",
    UNKNOWN: "[\u0530-\u058f\u0a00-\u0b7f\u0c00-\u0dff\u0e80-\u10ff\u1200-\u1fff]",
}
_SCRIPT = {code: re.compile(pattern) for code, pattern in _SCRIPTS.items()}
_DENSE = frozenset(("ja", "zh", "ko"))
_LETTERS_A_SIGN = 3  # Latin letters that say as much as one sign of a dense script
_FOREIGN_SHARE = 0.3  # of the letters, from which on a question in two scripts needs translating
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ELIDED = re.compile(r"(?:qu|[cdjlmnst]|dell|nell|all|sull|un)['’](?=\w{2})")
_INVERTED = re.compile("[¿¡]")  # Spanish alone has them
_ACCENTED = re.compile("[a-z]*[\u00df-\u024f\u1ea0-\u1ef9]\\w*")  # not a name's capital
_LEAST_ACCENTED = 2  # accented words from which on a question without English words isn't English

_ENGLISH = """
a about after all also among an and any anything are as at be been being between both but by can
could did do does doing done each either else ever every find for from get give given had has have
having how i if in instead into is it its just know less let like make many may me might more most
much must my need no not of off on one only or other our out over own per please same shall should
show since so some something such take tell than that the their them then there these they this
those through to too under until up us use used using was we were what when where whether which
while who whom whose why will with within without would yes you your
"""
_FUNCTION_WORDS = {
    "de": """
aber alle als am an arbeiten auch auf aus bei beim besser bin bis dabei damit das dass dem den der
des die dies diese diesem diesen dieser dieses doch durch ein eine einem einen einer eines er erklär
erkläre es etwas für gegen genau gibt haben hat ich ihr ihre im in ist ja jede kann kannst kein
keine können man mehr mich mir mit nach nicht noch nur oder ob ohne schon sehr sein seine sich sie
sind so solche statt über um und uns unter unterschied verwenden viel viele vom von vor wann war
warum was weil welche welchem welchen welcher welches wenn wer werden weniger wie wieso wieviele wir
wird wo wofür womit worin wurde wurden zu zum zur zwischen
""",
    "nl": """
aan als artikelen bij dan dat de deze die dit door een en er gebruikt geen haar hebben heb heeft
het hij hoe hoeveel hun ik in is kan kunnen maar meer met mij naar niet nog of om onder ons ook op
over te tegen tot tussen uit van veel verschil voor waar waarom wanneer was wat we welk welke werden
werkt wie wordt worden zijn zonder zou
""",
    "fr": """
à au aucun aussi autre autres aux avec ce cela ces cet cette ceux chez combien comment comme dans de
depuis des deux donc dont du elle elles en entre est et être eux fait faire fonctionne ils il je la
le les leur leurs lequel lesquelles lesquels ma mais même moi moins mon ne ni nos notre nous on ont
ou où par parmi pas peut peuvent permet plus plusieurs pour pourquoi puis quand que quel quelle
quelles quels qui quoi sa sans se ses si son sont sous sur tous tout toutes très un une utilise vers
votre vous y
""",
    "es": """
a al algo alguna alguno algunos artículo artículos así aún como cómo con contra cuál cual cuáles
cuales cuándo cuando cuánto cuántos cuántas cuanto cuantos de del desde diferencia dónde donde e el
ella ellos en entre era es esa ese eso esta está están estas este esto estos existe explica fue
funciona ha han hay hasta la las le lo los más me menos mejor mi muy no nos o otra otro otros para
pero por porque puede pueden que qué quién quien se según ser si sí sin sobre son su sus también
tiene tienen todo todos un una uno unos usa usan utiliza y ya
""",
    "pt": """
a ao aos artigo artigos as às até com como contra da das de dela dele desde diferença do dos e é
ela ele eles em então entre era essa esse esta está estão este existe foi funciona há isso isto já
lhe mais mas melhor menos mesmo na não nas nem no nos o onde os ou outra outro outros para pela pelo
pode podem por porque qual quais quando quanto quantos quantas que quem se sem ser seu seus são só
sobre sua suas também tem têm todos um uma umas usa usam
""",
    "it": """
a ad ai al alla alle allo anche c'è che chi ci come con cosa cos'è così cui da dai dal dalla dalle
degli dei del della delle di differenza dove e è ed era essere fa funziona gli ha hanno i il in io la
le lo loro ma meglio meno mi migliore modello modelli molto ne nei nel nella nelle negli no non o
ogni per perché più può possono qual quale quali quando quanti quante quanto quello questa queste
questi questo qui se senza si sono su sua sue sul sulla sulle suo sui tra tutti un una uno usa usano
utilizza utilizzano vi
""",
    "pl": """
ale artykuły bez był czy co czym dla dlaczego do gdzie ich ile i jak jaka jaki jakie jakich jest
jego już które który która których mają może na nad nie o od oraz po pod przez przy są się tego tej
to tym tylko w więcej z za ze że
""",
    "sv": """
att av de den det där efter eller en ett finns för från får hur i inte jag kan med mellan mer mot
när och om på så som till under utan vad var varför vi vid vilka vilken vilket vilka är över
""",
    "da": """
af at de den der det eller en er et for fra ha har hvad hvem hvilke hvilken hvilket hvor hvordan
hvorfor i ikke jeg kan med mellem mellom mer mere mot og om på som til uden uten ved være
""",
    "tr": """
ama bir bu çok daha değil en fark farkı gibi göre hangi hangileri için ile kaç mı mi mu mü nasıl ne
neden nedir nelerdir olan olarak o önce şu tarafından var ve veya ya
""",
    "cs": """
ale bez co do jak jaká jaké jaký jako je jsou kde kdo kolik která které který mezi na nebo nejsou o
od po pro proč při s se si také tím v ve více z za že
""",
    "ro": """
al ale are articole care ce cu cum câte câți de din despre este fără în între la mai nu o pe pentru
prin sau se si și sunt un unde
""",
    "fi": """
ei että ja joka jotka kuin kuinka miksi missä mikä mitä mitkä millä miten ne niiden on ovat se sekä
tai tämä voi välillä
""",
    "hu": """
a az be egy és hogy hogyan ha is melyik mely mennyi mi miért mik milyen mint nem vagy van vannak
között
""",
    "id": """
adalah antara apa apakah bagaimana berapa dalam dan dapat dari dengan di untuk ini itu kenapa mana
mengapa pada saja seperti tanpa tentang tidak yang
""",
    "vi": """
bài bao báo các cách có của cho được giữa gì hay không khi là làm mà mô hình một nào như nhiêu những
sao thế tại trên trong và về với
""",
}
# Also English words, names, or pieces of both: they make no language by themselves.
_SHARED = frozenset(
    """
a ad ai al ale alla als am an are art at au az be bin ce chi ci cu da das dai dal dan de deal del der
des di die dit do dos du e ein el en er era es est et exist fa fan fin for from gene ha had han has
hat hoe i ich il in io ire is it ja la las le les lo los ma man mal mas me men met mi mine moi mon mu
na nan nu ne nei no non nor not o of on one op or os ou our over par para pas pe per plus po pour
pro qui ra real s sa sale se sein si sin so sole son su sur te the to tot un uns us usa van var via
vi von was we wer wo y z all also as comment dove come note ten son ton per war will hay sera mai mot
mit on ai cross model data tale van voor under si sub care mana en hoi ve ya v w ile
""".split()
)
_WORDS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}
_ENGLISH_WORDS = frozenset(_ENGLISH.split())

_LETTERS = re.compile(r"[a-z]{4,}")
_ENDINGS = ("s", "es", "d", "ed", "ing", "r", "er", "ers", "ly", "al", "able", "ity", "ness", "n't")
_BEGINNINGS = (
    *("anti", "auto", "co", "counter", "cross", "de", "dis", "down", "fine", "hyper", "inter", "mis"),
    *("meta", "micro", "mid", "multi", "non", "out", "over", "para", "post", "pre", "pseudo", "re"),
    *("self", "semi", "sub", "super", "trans", "un", "uni", "under", "up", "bi"),
)
_LEAST_HALF = 3  # letters of each of the two words in a compound such as "finetuning"


def language_of(text: str) -> str:
    """The ISO 639-1 code of a question's language; ``UNKNOWN`` for one that is merely not English.

    "en" where nothing speaks against it, as in a list of technical terms. A question that is
    mostly English, or holds no more than a foreign title, counts as English.
    """
    plain = unicodedata.normalize("NFKC", text)
    return _by_script(plain) or _by_words(plain)


def is_misspelt(question: str) -> bool:
    """Whether so many of a question's words are spelt as no English word is that it was mistyped.

    At least three words, and a third of those that carry its meaning. Names don't count.
    """
    names = {name.lower() for name in names_of(question)}
    words = [
        word
        for whole in content_words(question)
        if whole not in names
        for word in _LETTERS.findall(whole)
    ]
    odd = [word for word in dict.fromkeys(words) if not _is_known(word)]
    return len(odd) >= 3 and len(odd) * 3 >= len(words)


def _by_script(text: str) -> str:
    """The language of the script that the text is written in, if it isn't Latin letters."""
    signs = {
        code: sum(len(run) for run in pattern.findall(text)) for code, pattern in _SCRIPT.items()
    }
    foreign = sum(n * (_LETTERS_A_SIGN if code in _DENSE else 1) for code, n in signs.items())
    latin = sum(c.isalpha() and c < "\u0250" for c in text)
    if foreign < _FOREIGN_SHARE * (foreign + latin) or not foreign:
        return ""
    return next(code for code, n in signs.items() if n)


def _by_words(text: str) -> str:
    """The language whose function words prevail, over the English ones too."""
    if _INVERTED.search(text):
        return "es"
    words = _ELIDED.sub("", text.casefold())
    found = [word.replace("’", "'") for word in _WORD.findall(words)]
    english = sum(word in _ENGLISH_WORDS for word in found)
    scores = {}
    for code, known in _WORDS.items():
        hits = [word for word in found if word in known]
        if not _SHARED.issuperset(hits):
            scores[code] = len(hits)
    best = max(scores, key=lambda code: scores[code], default="en")
    if best != "en" and scores[best] > english:
        return best
    accented = sum(_ACCENTED.fullmatch(word) is not None for word in _WORD.findall(text))
    return UNKNOWN if accented >= _LEAST_ACCENTED and accented > english else "en"


def _is_known(word: str) -> bool:
    known = _vocabulary()
    if any(form in known for form in _forms(word)):
        return True
    return any(
        word[:i] in known and any(form in known for form in _forms(word[i:]))
        for i in range(_LEAST_HALF, len(word) - _LEAST_HALF + 1)
    )


def _forms(word: str) -> list[str]:
    """The word, and what may be left of it without an ending and a beginning."""
    stems = [word]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_HALF:
            stem = word[: -len(ending)]
            stems += [stem, f"{stem}e", stem[:-1] if stem[-1] == stem[-2] else stem]
            stems += [f"{stem[:-1]}y"] if stem.endswith("i") else []
    bare = [s[len(b) :] for s in stems for b in _BEGINNINGS if s.startswith(b)]
    return [*stems, *(form for form in bare if len(form) >= _LEAST_HALF)]


@cache
def _vocabulary() -> frozenset[str]:
    """The whole words among the bundled embedder's 30,522 word pieces: the commonest English."""
    file = resources.files("index.model") / "tokenizer.json"
    pieces = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(p for p in pieces if len(p) >= _LEAST_HALF and p.isascii() and p.isalpha())
