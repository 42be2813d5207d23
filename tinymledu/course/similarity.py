"""Which submissions share passages of code: hints for a talk with students, never a proof.

Each submission becomes a row of tokens in which names, numbers and texts are all alike, so that
renaming hides nothing. Hashes of k tokens in a row are its k-grams; winnowing keeps the smallest of
each window as fingerprints. What was handed out is taken away, and so is what many wrote alike.

Source: Schleimer, Wilkerson and Aiken 2003, Winnowing: local algorithms for document
fingerprinting, SIGMOD, 76-85. That what more than 10 programs share is left out, and the
lecturer's base files as well, follows MOSS, the authors' own service.
"""

import hashlib
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

NOISE_TOKENS = 12  # k: nothing shorter counts, two short statements
GUARANTEE_TOKENS = 19  # t: a shared row of this length is always found, about three lines
WINDOW = GUARANTEE_TOKENS - NOISE_TOKENS + 1
MIN_RARITY = 5.0  # that many fingerprints that only two students have, or more that several have
MIN_SHARE = 0.25  # of the shorter submission's own fingerprints
COMMON_TO = 10  # students, or a quarter of the class: what they share is a usual solution
MIN_OWN = 10  # fingerprints of a whole submission that may be called the same as another
MAX_WITH_SPANS = 40  # pairs; a page of more would not be read
MAX_TOKENS = 20_000  # of one submission; bounds the time that a hostile one can take


@dataclass(frozen=True, slots=True)
class Token:
    """A token's kind, and where it stands in its cell."""

    kind: str
    start: int
    end: int


# Unclosed texts go on to the end, so that no input is read twice: the time stays linear.
_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r\n\f\\]+|\#[^\n]*)
    |(?P<text>(?i:[rbuft]{0,3})(?:
        '{3}(?:[^\\]|\\.)*?(?:'{3}|\\?\Z) | "{3}(?:[^\\]|\\.)*?(?:"{3}|\\?\Z)
        | '(?:[^'\\\n]|\\.)*+'? | "(?:[^"\\\n]|\\.)*+"? ))
    |(?P<number>(?:\d|\.\d)[\w.]*+)
    |(?P<name>[^\W\d]\w*+)
    |(?P<sign>\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^=!<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(source: str) -> tuple[Token, ...]:
    """The tokens of Python, valid or not: names, numbers and texts alike, comments dropped."""
    found = []
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind == "skip":
            continue
        word = match[0]
        if kind == "sign" or (kind == "name" and keyword.iskeyword(word)):
            kind = word
        found.append(Token(kind, match.start(), match.end()))
    return tuple(found)


def k_grams(row: Sequence[Token]) -> list[int]:
    """The hashes of all rows of k tokens, in their order; the same on every machine."""
    kinds = [token.kind for token in row]
    rows = (kinds[i : i + NOISE_TOKENS] for i in range(len(kinds) - NOISE_TOKENS + 1))
    return [_hash(one) for one in rows]


def _hash(kinds: Sequence[str]) -> int:
    digest = hashlib.blake2b(" ".join(kinds).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def winnow(hashes: Sequence[int]) -> set[int]:
    """The smallest hash of each window; of a row shorter than a window, its smallest."""
    last = max(len(hashes) - WINDOW, 0)
    return {min(hashes[i : i + WINDOW]) for i in range(last + 1) if hashes}


@dataclass(frozen=True, slots=True)
class Span:
    """A passage in a cell, in characters, with the numbers of the shared rows it belongs to."""

    cell: str
    start: int
    end: int
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students whose answers share passages.

    `share` is n_shared of the fingerprints that the shorter of the two has of its own. `rarity`
    is their number where only these two have them; one that d students have counts 1 / (d - 1).
    """

    first: str
    second: str
    n_shared: int
    share: float
    rarity: float
    spans: tuple[tuple[Span, ...], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class _Code:
    """A student's cells as tokens and k-grams, and the fingerprints of all of them."""

    cells: Mapping[str, tuple[tuple[Token, ...], list[int]]]
    fingerprints: frozenset[int]


def similar_pairs(
    answers: Mapping[str, Mapping[str, str]],
    given: Iterable[str] = (),
    *,
    n_with_spans: int = MAX_WITH_SPANS,
) -> tuple[Pair, ...]:
    """The pairs above the threshold, the most alike first.

    Args:
        answers: student to the sources of the answer cells, by the cells' names.
        given: sources that everybody was handed.
        n_with_spans: how many of them get their spans, which take most of the time.
    """
    base = {gram for source in given for gram in k_grams(tokens(source))}
    codes = {student: _code(cells, base) for student, cells in answers.items()}
    students_with: defaultdict[int, list[str]] = defaultdict(list)
    for student, code in codes.items():
        for print_ in code.fingerprints:
            students_with[print_].append(student)
    limit = max(COMMON_TO, len(codes) / 4)
    n_own: Counter[str] = Counter()
    n_shared: Counter[tuple[str, str]] = Counter()
    rarity: defaultdict[tuple[str, str], float] = defaultdict(float)
    usual = set(base)
    for print_, students in students_with.items():
        if len(students) > limit:
            usual.add(print_)
            continue
        n_own.update(students)
        for pair in combinations(sorted(students), 2):
            n_shared[pair] += 1
            rarity[pair] += 1 / (len(students) - 1)
    found = []
    for (first, second), n in n_shared.items():
        share = n / min(n_own[first], n_own[second])
        rare = rarity[first, second]
        if rare >= MIN_RARITY and share >= MIN_SHARE:
            found.append(Pair(first, second, n, share, rare, ((), ())))
    found.sort(key=lambda one: (-one.rarity, one.first, one.second))
    with_spans = [
        replace(one, spans=shared_spans(codes[one.first], codes[one.second], usual))
        for one in found[:n_with_spans]
    ]
    return (*with_spans, *found[n_with_spans:])


def same_throughout(
    answers: Mapping[str, Mapping[str, str]], given: Iterable[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """Groups of three or more whose answers are the same from end to end, but for names.

    A large group makes its passages look usual, so that none of its pairs is above the threshold.
    """
    base = {gram for source in given for gram in k_grams(tokens(source))}
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for student, cells in answers.items():
        code = _code(cells, base)
        if len(code.fingerprints) >= MIN_OWN:
            kinds = [[token.kind for token in row] for row, _ in code.cells.values()]
            groups[repr(kinds)].append(student)
    return tuple(sorted(tuple(sorted(one)) for one in groups.values() if len(one) > 2))


def _code(cells: Mapping[str, str], base: set[int]) -> _Code:
    rows: dict[str, tuple[tuple[Token, ...], list[int]]] = {}
    fingerprints: set[int] = set()
    left = MAX_TOKENS
    for name, source in cells.items():
        row = tokens(source)[:left]
        left -= len(row)
        grams = k_grams(row)
        rows[name] = (row, grams)
        fingerprints |= winnow(grams)
    return _Code(rows, frozenset(fingerprints - base))


def shared_spans(
    first: _Code, second: _Code, usual: set[int]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where both have the same rows of tokens, with equal numbers on both sides."""
    theirs = {gram for _, grams in second.cells.values() for gram in grams} - usual
    label_of: dict[int, int] = {}
    number = 0
    for _, grams in first.cells.values():
        inside = False
        for gram in grams:
            if gram not in theirs:
                inside = False
                continue
            if not inside:
                inside = True
                number += 1
            label_of.setdefault(gram, number)
    return _spans(first, label_of), _spans(second, label_of)


def _spans(code: _Code, label_of: Mapping[int, int]) -> tuple[Span, ...]:
    found = []
    for name, (row, grams) in code.cells.items():
        here: list[tuple[int, int, set[int]]] = []  # first and last token, labels
        for i, gram in enumerate(grams):
            if gram not in label_of:
                continue
            last = i + NOISE_TOKENS - 1
            if here and i <= here[-1][1] + 1:
                here[-1] = (here[-1][0], last, here[-1][2] | {label_of[gram]})
            else:
                here.append((i, last, {label_of[gram]}))
        found += [
            Span(name, row[start].start, row[last].end, tuple(sorted(labels)))
            for start, last, labels in here
        ]
    return tuple(found)
