"""Which language a question is in, and whether its words are spelt as English ones are. Pure.

By script and by function words, without a dependency. The papers are in English, so that a question
that could be English is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
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
_MOST_LETTERS = 1_000  # of a text that are looked at
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
des die dies diese diesem diesen dieser dieses doch durch ein eine einem einen einer eines er
erklär erkläre es etwas für gegen genau gibt haben hat ich ihr ihre im in ist ja jede kann kannst
kein keine können man mehr mich mir mit nach nicht noch nur ob oder ohne schon sehr sein seine
sich sie sind so solche statt um und uns unter unterschied verwenden viel viele vom von vor wann
war warum was weil welche welchem welchen welcher welches weniger wenn wer werden wie wieso
wieviele wir wird wo wofür womit worin wurde wurden zu zum zur zwischen über
""",
    "nl": """
aan als artikelen bij dan dat de deze die dit door een en er gebruikt geen haar heb hebben heeft
het hij hoe hoeveel hun ik in is kan kunnen maar meer met mij naar niet nog of om onder ons ook op
over te tegen tot tussen uit van veel verschil voor waar waarom wanneer was wat we welk welke
werden werkt wie worden wordt zijn zonder zou
""",
    "fr": """
au aucun aussi autre autres aux avec ce cela ces cet cette ceux chez combien comme comment dans de
depuis des deux donc dont du elle elles en entre est et eux faire fait fonctionne il ils je la le
lequel les lesquelles lesquels leur leurs ma mais moi moins mon même ne ni nos notre nous on ont
ou où par parmi pas permet peut peuvent plus plusieurs pour pourquoi puis quand que quel quelle
quelles quels qui quoi sa sans se ses si son sont sous sur tous tout toutes très un une utilise
vers votre vous y à être
""",
    "es": """
a al algo algun alguna algunas alguno algunos algún artículo artículos así aún como con contra
cual cuales cuando cuanto cuantos cuál cuáles cuándo cuántas cuánto cuántos cómo de del desde
diferencia donde dónde e el ella ellos en entre era es esa ese eso esta estas este esto estos está
están existe explica fue funciona ha han hasta hay la las le lo los me mejor menos mi muy más no
nos o otra otro otros para pero por porque puede pueden que quien quién qué se según ser si sin
sobre son su sus sí también tiene tienen todo todos un una uno unos usa usan utiliza y ya
""",
    "pt": """
a ao aos artigo artigos as até com como contra da das de dela dele desde diferença do dos e ela
ele eles em entre então era essa esse esta este está estão existe foi funciona há isso isto já lhe
mais mas melhor menos mesmo na nas nem no nos não o onde os ou outra outro outros para pela pelo
pode podem por porque quais qual quando quantas quanto quantos que quem se sem ser seu seus sobre
sua suas são só também tem todos têm um uma umas usa usam às é
""",
    "it": """
a ad ai al alla alle allo anche c'è che chi ci come con cos'è cosa così cui da dai dal dalla dalle
degli dei del della delle di differenza dove e ed era essere fa funziona gli ha hanno i il in io
la le lo loro ma meglio meno mi migliore modelli modello molto ne negli nei nel nella nelle no non
o ogni per perché più possono può qual quale quali quando quante quanti quanto quello questa
queste questi questo qui se senza si sono su sua sue sui sul sulla sulle suo tra tutti un una uno
usa usano utilizza utilizzano vi è
""",
    "pl": """
ale artykuły bez był co czy czym dla dlaczego do gdzie i ich ile jak jaka jaki jakich jakie jego
jest już która które który których mają może na nad nie o od oraz po pod przez przy się są tego
tej to tylko tym w więcej z za ze że
""",
    "sv": """
att av de den det där efter eller en ett finns från får för hur i inte jag kan med mellan mer mot
när och om på som så till under utan vad var varför vi vid vilka vilken vilket är över
""",
    "da": """
af at de den der det eller en er et for fra ha har hvad hvem hvilke hvilken hvilket hvor hvordan
hvorfor i ikke jeg kan med mellem mellom mer mere mot og om på som til uden uten ved være
""",
    "tr": """
ama bir bu daha değil en fark farkı gibi göre hangi hangileri ile için kaç mi mu mü mı nasıl ne
neden nedir nelerdir o olan olarak tarafından var ve veya ya çok önce şu
""",
    "cs": """
ale bez co do jak jako jaká jaké jaký je jsou kde kdo kolik která které který mezi na nebo nejsou
o od po pro proč při s se si také tím v ve více z za že
""",
    "ro": """
al ale are articole care ce cu cum câte câți de despre din este fără la mai nu o pe pentru prin
sau se si sunt un unde în între și
""",
    "fi": """
ei että ja joka jotka kuin kuinka miksi mikä millä missä miten mitkä mitä ne niiden on ovat se
sekä tai tämä voi välillä
""",
    "hu": """
a az be egy ha hogy hogyan is között mely melyik mennyi mi mik milyen mint miért nem vagy van
vannak és
""",
    "id": """
adalah antara apa apakah bagaimana berapa dalam dan dapat dari dengan di ini itu kenapa mana
mengapa pada saja seperti tanpa tentang tidak untuk yang
""",
    "vi": """
bao bài báo cho các cách có của giữa gì hay hình khi không là làm mà mô một nhiêu như những nào
sao thế trong trên tại và về với được
""",
}
# Also English words, names, or pieces of both: they make no language by themselves.
_SHARED_TEXT = """
a ad ai al ale all alla als also am an are art as at au be bin care ce chi ci come comment cross
cu da dai dal dan das data de deal del der des di die dit do dos dove du e ein el en er era es est
et exist fa fan fin for from gene ha had han has hat hay hoe hoi i ich il ile in io ire is it ja
la las le les lo los ma mai mal man mana mas me men met mi mine mit model moi mon mot mu na nan ne
nei no non nor not note nu o of on one op or os ou our over par para pas pe per plus po pour pro
qui ra real s sa sale sans se sein sera si sin so sole son su sub sur tale te ten the to ton tot
un under uns us usa v van var ve vi via von voor w war was we wer will wo y ya z
"""
_SHARED = frozenset(_SHARED_TEXT.split())
_WORDS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}
_ENGLISH_WORDS = frozenset(_ENGLISH.split())

_LETTERS = re.compile(r"[a-z]{4,}")
_ENDINGS = ("s", "es", "d", "ed", "ing", "r", "er", "ers", "ly", "al", "able", "ity", "ness", "n't")
_BEGINNINGS_TEXT = """
anti auto bi co counter cross de dis down fine hyper inter meta micro mid mis multi non out over
para post pre pseudo re self semi sub super trans un under uni up
"""
_BEGINNINGS = tuple(_BEGINNINGS_TEXT.split())
_LEAST_ODD = 3  # words that make a question a mistyped one,
_ODD_SHARE = 1 / 3  # if they are so much of it
_LEAST_STEM = 3  # letters
_LEAST_HALF = 4  # letters of each of the two words in a compound such as "finetuning"


def language_of(text: str) -> str:
    """The ISO 639-1 code of a question's language; ``UNKNOWN`` for one that is merely not English.

    "en" where nothing speaks against it, as in a list of technical terms. A question that is
    mostly English, or holds no more than a foreign title, counts as English.
    """
    words = unicodedata.normalize("NFKC", text[:_MOST_LETTERS]).split()
    plain = " ".join(word for word in words if "//" not in word and "www." not in word)
    return _by_script(plain) or _by_words(plain)


def is_misspelt(question: str, in_store: Callable[[str], bool] = lambda word: False) -> bool:
    """Whether so many of a question's words are spelt as no English word is that it was mistyped.

    At least three words, and a third of those that carry its meaning. Names don't count, nor words
    that ``in_store`` knows, which is asked only where it could make a difference.
    """
    said = question[:_MOST_LETTERS]
    names = {name.lower() for name in names_of(said)}
    whole = [word for word in content_words(said) if word not in names]
    words = list(dict.fromkeys(part for word in whole for part in _LETTERS.findall(word)))
    least = max(_LEAST_ODD, len(words) * _ODD_SHARE)
    odd = [word for word in words if not is_known(word)]
    return len(odd) >= least and sum(not in_store(word) for word in odd) >= least


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


def is_known(word: str) -> bool:
    """Whether the word, without its endings, or two words that it joins, are common English."""
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
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            stem = word[: -len(ending)]
            stems += [stem, f"{stem}e", stem[:-1] if stem[-1] == stem[-2] else stem]
            stems += [f"{stem[:-1]}y"] if stem.endswith("i") else []
    bare = [s[len(b) :] for s in stems for b in _BEGINNINGS if s.startswith(b)]
    return [*stems, *(form for form in bare if len(form) >= _LEAST_STEM)]


@cache
def _vocabulary() -> frozenset[str]:
    """The whole words among the bundled embedder's 30,522 word pieces: the commonest English."""
    file = resources.files("index.model") / "tokenizer.json"
    pieces = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(p for p in pieces if len(p) >= _LEAST_STEM and p.isascii() and p.isalpha())
