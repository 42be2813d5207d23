"""Damaged .tflite files from sound ones: blind, aimed at a field, or sound files that lie.

Everything is drawn from one random.Random, so a seed number reproduces a case.
"""

import random
import struct
from functools import lru_cache

from flatbuffer_layout import Place, places

Places = tuple[Place, ...]

WORDS = (0, 1, 2, 3, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
FLOAT_FIELDS = ("Quantization.2[]", "Options.1")  # scales; beta, where it is one
FLOATS = (0.0, -1.0, 1e-45, 1e-38, 1e-12, 1.0, 1e12, 3.4e38, float("inf"), float("nan"))


def mutate(content: bytes, rng: random.Random) -> bytes:
    """One to three changes of the bytes; see model_mutations.py for those of the meaning."""
    fields = _places(content)  # of the sound file; a changed one may lead a walker anywhere
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.choice(KINDS)
        if len(content) >= 16:
            content = kind(content, rng, fields)
    return content


def truncate(content: bytes, rng: random.Random, _: Places) -> bytes:
    return content[: rng.randrange(len(content))]


def copy_a_piece(content: bytes, rng: random.Random, _: Places) -> bytes:
    start, source = rng.randrange(len(content)), rng.randrange(len(content))
    piece = content[source : source + rng.randrange(1, 200)]
    return content[:start] + piece + content[start + len(piece) :]


def insert_or_remove(content: bytes, rng: random.Random, _: Places) -> bytes:
    start, n = rng.randrange(len(content)), rng.randrange(1, 33)
    if rng.random() < 0.5:
        return content[:start] + content[start + n :]
    return content[:start] + rng.randbytes(n) + content[start:]


def change_bytes(content: bytes, rng: random.Random, _: Places) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 9)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def flip_bits(content: bytes, rng: random.Random, _: Places) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 9)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def change_words(content: bytes, rng: random.Random, _: Places) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(changed) - 8) & ~3
        word = rng.choice((*WORDS, len(content), rng.randrange(len(content)))) % 2**32
        changed[at : at + 4] = word.to_bytes(4, "little")
    return bytes(changed)


def change_fields(content: bytes, rng: random.Random, fields: Places) -> bytes:
    """Write telling values into one to four known fields, links and lengths."""
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 5)):
        place = _pick(fields, rng)
        end = place.start + place.n_bytes
        if end <= len(changed):
            old = int.from_bytes(changed[place.start : end], "little")
            changed[place.start : end] = _value(place, old, rng)
    return bytes(changed)


def swap_fields(content: bytes, rng: random.Random, fields: Places) -> bytes:
    """Exchange two fields of one size: links that lead to each other's tables, say."""
    changed = bytearray(content)
    first = _pick(fields, rng)
    alike = [place for place in fields if place.n_bytes == first.n_bytes]
    second = rng.choice(alike)
    one, other = (slice(p.start, p.start + p.n_bytes) for p in (first, second))
    if max(one.stop, other.stop) <= len(changed):
        changed[one], changed[other] = changed[other], changed[one]
    return bytes(changed)


KINDS = (
    truncate,
    copy_a_piece,
    insert_or_remove,
    change_bytes,
    flip_bits,
    change_words,
    change_fields,
    change_fields,
    change_fields,
    swap_fields,
)


@lru_cache(maxsize=256)
def _places(content: bytes) -> Places:
    return places(content)


def _pick(fields: Places, rng: random.Random) -> Place:
    what = rng.choice(sorted({place.what for place in fields}))  # rare fields as often as common
    return rng.choice([place for place in fields if place.what == what])


def _value(place: Place, old: int, rng: random.Random) -> bytes:
    if (
        place.n_bytes == 4
        and place.what in ("Quantization.2[]", "Options.1")
        and rng.random() < 0.7
    ):
        return struct.pack("<f", rng.choice(FLOATS))
    near = (old + rng.choice((-8, -4, -1, 1, 4, 8)), old ^ (1 << rng.randrange(8 * place.n_bytes)))
    return (rng.choice((*WORDS, *near)) % 2 ** (8 * place.n_bytes)).to_bytes(
        place.n_bytes, "little"
    )
