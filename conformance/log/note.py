"""Signed notes, checkpoints and receipts as C2SP writes them: signed-note, tlog-checkpoint, tlog-proof."""
import base64
import binascii
import re

from ed25519 import verify
from merkle import is_included, sha256

DASH = "\u2014"


def decoded(text):
    """The bytes of base64 in the one way to write them, or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def count(text):
    """A decimal number without needless zeroes that a double holds exactly, or None."""
    value = int(text) if re.fullmatch("0|[1-9][0-9]{0,15}", text) else 2**53
    return value if value < 2**53 else None


def parse_key(text):
    """`(name, id, public key)` of a vkey, or None."""
    name, _, rest = text.partition("+")
    key_id, _, material = rest.partition("+")
    data = decoded(material)
    if not is_name(name) or data is None or len(data) != 33 or data[0] != 1:
        return None
    right = sha256(name.encode() + b"\n" + data)[:4].hex()
    return (name, key_id, data[1:]) if key_id == right else None


def is_name(text):
    return bool(text) and "+" not in text and not re.search(r"\s", text)


def parse_note(data):
    """`(text, [(name, id, signature)])`, or None."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text, split, tail = whole.rpartition("\n\n")
    if any(ord(each) < 32 and each != "\n" for each in whole):
        return None
    if not split or not tail.endswith("\n"):
        return None
    signatures = []
    for line in tail[:-1].split("\n"):
        words = line.split(" ")
        raw = decoded(words[2]) if len(words) == 3 else None
        if words[0] != DASH or raw is None or len(raw) < 5 or not is_name(words[1]):
            return None
        signatures.append((words[1], raw[:4].hex(), raw[4:]))
    return text + "\n", signatures


def signers(note, keys):
    """`name+id` of the known keys that signed; None when one of them signed wrongly."""
    text, signatures = note
    by = []
    for name, key_id, signature in signatures:
        for known_name, known_id, public_key in keys:
            if (name, key_id) != (known_name, known_id):
                continue
            if not verify(public_key, text.encode(), signature):
                return None
            by.append(f"{name}+{key_id}")
    return by


def parse_checkpoint(data):
    """`(origin, size, root, note)`, or None."""
    note = parse_note(data)
    lines = note[0].split("\n") if note else []
    if len(lines) < 4 or lines[0] == "" or "" in lines[3:-1]:
        return None
    size, root = count(lines[1]), decoded(lines[2])
    if size is None or root is None or len(root) != 32:
        return None
    return lines[0], size, root, note


def split_notes(data):
    """`(offset, bytes)` of notes that stand one behind the other."""
    start, at, behind = 0, 0, False
    for line in data.splitlines(keepends=True) if b"\r" not in data else [data]:
        is_signature = line.startswith(f"{DASH} ".encode())
        if behind and not is_signature:
            yield start, data[start:at]
            start = at
        behind, at = is_signature, at + len(line)
    if start < len(data):
        yield start, data[start:]


def is_receipt_of(data, record, keys):
    """Whether a `.tlog-proof` proves that the log of one of the keys holds the record."""
    head, split, rest = data.partition(b"\n\n")
    checkpoint = parse_checkpoint(rest) if split else None
    lines = head.decode("latin-1").split("\n")
    if checkpoint is None or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        return False
    if lines and lines[0].startswith("extra ") and decoded(lines.pop(0)[6:]) is None:
        return False
    index = count(lines.pop(0)[6:]) if lines and lines[0].startswith("index ") else None
    proof = [decoded(line) for line in lines]
    if index is None or None in proof:
        return False
    origin, size, root, note = checkpoint
    if not signers(note, [key for key in keys if key[0] == origin]):
        return False
    return is_included(index, sha256(b"\x00" + record), size, root, proof)
