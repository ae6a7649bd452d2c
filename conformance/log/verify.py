"""Checks a log with the Python standard library alone.

Usage: python3 verify.py DIR [--vkey KEY]... [--checkpoint FILE]... [--head SIZE:ROOT]... [--json]
       python3 verify.py --proof FILE --record FILE --vkey KEY

Prints the state and `<size> <root>`, then a line for each problem. KEY is the text of a key or a
file of them. Exit 0: intact, or the receipt proves the record. Exit 7: it is not. Exit 2: usage.
An independent reading of README.md: shares no code with the implementation.
"""
import argparse
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True

import ed25519
import note
from merkle import Tree, sha256
from payloads import read_payloads
from records import SECTOR, Damaged, read_records

HELD = ("log_behind_held", "log_fork")
KEPT = ("log_checkpoint_behind", "log_checkpoint_root")
FORMAT = "log_checkpoint_format"


class Folder:
    """The files of a log by their paths below it; `changed` come before them, None where one is gone."""

    def __init__(self, directory, changed=None):
        self.directory, self.changed = pathlib.Path(directory), changed or {}

    def read(self, path):
        if path in self.changed:
            return self.changed[path]
        try:
            found = self.directory / path
            # A pipe would be waited for, and a device has no end.
            return b"" if found.exists() and not found.is_file() else found.read_bytes()
        except FileNotFoundError:
            return None

    def list(self, path):
        folder = self.directory / path
        names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
        for changed, data in self.changed.items():
            parent, _, name = changed.rpartition("/")
            if parent == path:
                (names.discard if data is None else names.add)(name)
        return sorted(names)


def describe(folder):
    """`(origin, digest)` of `log.json`."""
    data = folder.read("log.json")
    if data is None:
        code = "log_description" if folder.list("seg") else "log_missing"
        raise Damaged(code, "log.json", "is not there")
    try:
        value = json.loads(data)
        exact = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    except ValueError:
        value, exact = None, None
    names = {"created": int, "format": int, "hash": str, "origin": str}
    if exact != data or not isinstance(value, dict) or set(value) != set(names):
        raise Damaged("log_description", "log.json", "does not describe a log in format 1")
    right = all(type(value[name]) is kind for name, kind in names.items())
    if not right or (value["format"], value["hash"]) != (1, "sha256") or not note.is_name(value["origin"]):
        raise Damaged("log_description", "log.json", "does not describe a log in format 1")
    return value["origin"], "sha256:" + sha256(data).hex()


def read_chain(folder, problems):
    """All checkpoints that the log keeps, and its own keys."""
    found = []
    every, newest = folder.read("checkpoints") or b"", folder.read("checkpoint")
    for at, data in note.split_notes(every):
        checkpoint = note.parse_checkpoint(data)
        if checkpoint:
            found.append(("checkpoints", at, checkpoint))
        elif at + len(data) == len(every) and is_unfinished(data, at):
            problems.append(Damaged("log_torn_tail", "checkpoints", "a crash left a note unfinished", at))
        else:
            problems.append(Damaged(FORMAT, "checkpoints", "not a checkpoint", at))
    if newest is not None:
        checkpoint = note.parse_checkpoint(newest)
        if checkpoint is None:
            problems.append(Damaged(FORMAT, "checkpoint", "not a checkpoint"))
        elif not found or found[-1][2][1] < checkpoint[1]:
            problems.append(Damaged("log_checkpoint_missing", "checkpoint", "is newer than all that are kept"))
        if checkpoint:
            found.append(("checkpoint", 0, checkpoint))
    keys = []
    # Each line has its end, so that not even that can be taken away.
    for line in (folder.read("keys/log.vkey") or b"").decode("utf-8", "replace").splitlines(keepends=True):
        key = note.parse_key(line[:-1]) if line.endswith("\n") else None
        if key:
            keys.append(key)
        else:
            problems.append(Damaged(FORMAT, "keys/log.vkey", "a line that is no verifier key"))
    return found, keys


def is_unfinished(data, at):
    """Bytes that stop short of a last signature line, whatever zeros follow them, or that lost ends of sectors."""
    ends = [-at % SECTOR] + list(range(-at % SECTOR + SECTOR, len(data) + SECTOR, SECTOR))
    sectors = [data[start:end] for start, end in zip([0] + ends, ends)]
    if b"\0" in data and all(b"\0" not in sector.rstrip(b"\0") for sector in sectors):
        return True
    used = data.rstrip(b"\0")
    split = data.find(b"\n\n")
    return used != data or split < 0 or split + 2 == len(used) or used[-1:] != b"\n"


class KeyRing:
    """Which keys a log has to be signed with, by what its own records say of changes."""

    def __init__(self, origin, trusted):
        self.origin, self.trusted, self.changes = origin, list(trusted), []

    def take(self, index, record):
        """Takes a `key` record; returns what is wrong with it."""
        texts = [record.get("previous"), record.get("next")]
        previous, following = (note.parse_key(text) if isinstance(text, str) else None for text in texts)
        signature = note.decoded(record.get("signature")) if isinstance(record.get("signature"), str) else None
        if not previous or not following or signature is None or len(signature) != 64:
            return "is no change of keys"
        if self.changes and self.changes[-1][2] != previous:
            return "changes a key that does not sign"
        message = f"{self.origin}\nkey change\n{texts[0]}\n{texts[1]}\n".encode()
        named = previous[0] == following[0] == self.origin
        if not named or not ed25519.verify(previous[2], message, signature):
            return "is not signed by the key that it changes"
        self.changes.append((index, previous, following))
        if previous in self.trusted and following not in self.trusted:
            self.trusted.append(following)
        return None

    def due(self, size, before):
        """Who has to sign a head of so many records, when the one before had `before`."""
        covered = [each for each in self.changes if each[0] < size]
        if not covered:
            return [self.changes[0][1]] if self.changes else []
        index, previous, following = covered[-1]
        return [following] if index < before else [previous, following]


def who_signed(file, at, checkpoint, log, keys, due=(), may_be_torn=False):
    """Keys that signed a checkpoint, or what is wrong: where it may be, torn behind the first of two signatures."""
    origin, _, _, signed = checkpoint
    if origin != log["origin"]:
        return Damaged("log_checkpoint_key", file, f"is of {origin}, another log", at)
    own = {key for key in [*keys, *due] if key[0] == origin}
    by = note.signers(signed, own)
    if not by:
        code = "log_checkpoint_key" if by is not None else "log_checkpoint_signature"
        return Damaged(code, file, "is not signed by a known key", at)
    missing = [key for key in due if f"{key[0]}+{key[1]}" not in by]
    if may_be_torn and missing == list(due[1:]) != []:
        return Damaged("log_torn_tail", file, "a crash left a note without its second signature", at)
    if missing:
        return Damaged("log_checkpoint_key", file, f"the key {missing[0][1]} had to sign it", at)
    return [key for key in own if f"{key[0]}+{key[1]}" in by]


def judge_head(file, at, size, root, log, codes):
    if size > log["size"]:
        return Damaged(codes[0], file, f"has {size} records, the log vouches for {log['size']}", at)
    if size >= log["begins"] and log["roots"].get(size) != root:
        return Damaged(codes[1], file, f"the first {size} records do not have its root", at)
    return None


def judge_held(name, checkpoint, log, keys):
    by = who_signed(name, 0, checkpoint, log, keys)
    if isinstance(by, Damaged):
        return by
    return judge_head(name, 0, checkpoint[1], checkpoint[2].hex(), log, KEPT)


def judge_kept(found, log, known, ring):
    """Holds the log to all notes that it keeps; tells how many records the newest good one covers."""
    problems, before, newest = [], None, None
    kept = [each[:2] for each in found if each[0] != "checkpoint"]
    shown = max([each[2][1] for each in found if each[0] == "checkpoint"], default=-1)
    for file, at, checkpoint in found:
        _, size, root, _ = checkpoint
        is_copy, wrong = file == "checkpoint", []
        if is_copy and before and before[0] == size and before[1] != root:
            wrong.append(Damaged("log_checkpoint_fork", file, f"two roots are signed for {size} records", at))
        elif not is_copy and before and size <= before[0]:
            why = f"a note of {size} records behind one of {before[0]}"
            wrong.append(Damaged("log_checkpoint_order", file, why, at))
        due = [] if is_copy else ring.due(size, before[0] if before else -1)
        may_be_torn = [(file, at)] == kept[-1:] and size > shown
        by = who_signed(file, at, checkpoint, log, known, due, may_be_torn)
        wrong += [each for each in [by, judge_head(file, at, size, root.hex(), log, KEPT)] if isinstance(each, Damaged)]
        problems += wrong
        before = before if is_copy else (size, root)
        newest = newest if wrong else (file, at, checkpoint)
    by = who_signed(*newest, log, [*known, *ring.trusted]) if newest else ring.trusted
    if newest and (isinstance(by, Damaged) or not any(key in ring.trusted for key in by)):
        problems.append(Damaged("log_checkpoint_key", newest[0], "is signed by no key that is believed", newest[1]))
    return problems, newest[2][1] if newest else 0


def check_folders(folder, problems):
    for name, suffix in (("seg", "seg"), ("payload", "pay")):
        for entry in folder.list(name):
            path = f"{name}/{entry}"
            if entry == "prepared":
                if any(folder.read(path)):
                    problems.append(Damaged("log_zero_tail", path, "prepared file is not all zeros"))
            elif not re.fullmatch(rf"[0-9]{{20}}\.{suffix}", entry):
                problems.append(Damaged("log_extra_file", path, "not a file of a log"))


def verify(folder, keys=None, held=(), heads=()):
    """What there is to say of a log: a dictionary as `--json` prints it."""
    problems = []
    try:
        origin, digest = describe(folder)
    except Damaged as damaged:
        return verdict([damaged], Tree(), 0)
    late = []
    found, own = read_chain(folder, late)
    sizes = [each[2][1] for each in found] + [each[1][1] for each in held] + [each[0] for each in heads]
    ring = KeyRing(origin, own[:1] if keys is None else keys)
    log = {"origin": origin, "digest": digest, "roots": dict.fromkeys(sizes), "ring": ring}
    named = read_records(folder, log, problems)
    log["size"], begins = log["tree"].size, log["begins"]
    known = [*own, *(keys or [])]
    kept, covered = judge_kept(found, log, known, ring)
    believed = known if keys is None else ring.trusted
    judged = [(each[1], judge_held(name, each, log, believed)) for name, each in held]
    judged += [(size, judge_head("held head", 0, size, root, log, HELD)) for size, root in heads]
    log["covered"] = max([covered, *(size for size, wrong in judged if not wrong)])
    if not any(each.stops for each in problems):
        read_payloads(folder, log, named, problems)
    check_folders(folder, problems)
    problems += late + kept + [wrong for _, wrong in judged if wrong]
    if begins > 0 and not any(each.stops for each in problems):
        # Whoever can write files can append a record: under a checkpoint only one counts that it covers.
        covered = log["covered"]
        told = [each[:2] for each in log["pruned"] if covered == 0 or each[2] < covered]
        minimum, root = told[-1] if told else (0, None)
        if minimum < begins:
            why = f"nothing before {begins} is there, and no record says it was pruned"
            problems.append(Damaged("log_missing_segment", "seg", why))
        elif minimum == begins and root != log["begin_root"]:
            problems.append(Damaged("log_pruned", "seg", "the record of the pruning names another root"))
    return verdict(problems, log["tree"], begins)


def verdict(problems, tree, begins):
    torn = all(each.code == "log_torn_tail" for each in problems)
    return {
        "state": "intact" if not problems else "torn" if torn else "damaged",
        "size": tree.size,
        "root": tree.root().hex(),
        "begins": begins,
        "problems": [each.told() for each in problems],
    }


def printable(text):
    """A line of which no character moves a cursor, breaks it or turns letters around."""
    unsafe = "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
    return re.sub(unsafe, "\ufffd", text)


def refuse(message):
    """Ends for what was asked, not for what was found."""
    print(printable(message), file=sys.stderr)
    sys.exit(2)


def bytes_of(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:
        refuse(f"`{path}` is no file that can be read")


def head_of(text):
    if not re.fullmatch("[0-9]{1,15}:[0-9a-f]{64}", text):
        refuse(f"`{text}` is not a head: write <size>:<64 hex digits>")
    size, _, root = text.partition(":")
    return int(size), root


def read_keys(texts):
    keys = []
    for text in texts:
        if note.parse_key(text):
            keys.append(note.parse_key(text))
            continue
        for line in bytes_of(text).decode("utf-8", "replace").split():
            if note.parse_key(line) is None:
                refuse(f"`{text}` has a line that is no verifier key")
            keys.append(note.parse_key(line))
    return keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--vkey", action="append", default=[])
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--head", action="append", default=[])
    parser.add_argument("--proof")
    parser.add_argument("--record")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    keys = read_keys(options.vkey)
    if options.proof and options.record and keys:
        proven = note.is_receipt_of(bytes_of(options.proof), bytes_of(options.record), keys)
        print("proven" if proven else "not proven")
        sys.exit(0 if proven else 7)
    if options.directory is None or options.proof:
        refuse("name a folder, or a receipt with its record and a key")
    held = [(path, note.parse_checkpoint(bytes_of(path))) for path in options.checkpoint]
    heads = [head_of(each) for each in options.head]
    for path in [path for path, each in held if each is None]:
        refuse(f"`{path}` is not a signed checkpoint")
    found = verify(Folder(options.directory), keys or None, held, heads)
    if [each["code"] for each in found["problems"]] == ["log_missing"]:
        refuse(f"there is no log in `{options.directory}`: name the folder that holds `log.json`")
    if options.json:
        print(json.dumps(found))
    else:
        print(found["state"])
        print(found["size"], found["root"])
        for each in found["problems"]:
            print(printable(f"{each['code']} {each['file']} at byte {each['offset']}: {each['message']}"))
    sys.exit(0 if found["state"] == "intact" else 7)


if __name__ == "__main__":
    main()
