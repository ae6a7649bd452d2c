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

import note
from merkle import Tree, sha256
from records import Damaged, read_payloads, read_records

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
            return (self.directory / path).read_bytes()
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
        raise Damaged("log_missing", "log.json", "is not there")
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
        elif at + len(data) == len(every) and is_unfinished(data):
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
    for line in (folder.read("keys/log.vkey") or b"").decode("utf-8", "replace").split("\n"):
        key = note.parse_key(line)
        if key:
            keys.append(key)
        elif line:
            problems.append(Damaged(FORMAT, "keys/log.vkey", "a line that is no verifier key"))
    return found, keys


def is_unfinished(data):
    """Bytes that stop short of a last signature line, whatever zeros follow them."""
    used = data.rstrip(b"\0")
    split = data.find(b"\n\n")
    return used != data or split < 0 or split + 2 == len(used) or used[-1:] != b"\n"


def judge_checkpoint(file, at, checkpoint, log, keys, codes):
    origin, size, root, signed = checkpoint
    if origin != log["origin"]:
        return Damaged("log_checkpoint_key", file, f"is of {origin}, another log", at)
    by = note.signers(signed, [key for key in keys if key[0] == origin])
    if not by:
        code = "log_checkpoint_key" if by is not None else "log_checkpoint_signature"
        return Damaged(code, file, "is not signed by a known key", at)
    return judge_head(file, at, size, root.hex(), log, codes)


def judge_head(file, at, size, root, log, codes):
    if size > log["size"]:
        return Damaged(codes[0], file, f"has {size} records, the log vouches for {log['size']}", at)
    if size >= log["begins"] and log["roots"].get(size) != root:
        return Damaged(codes[1], file, f"the first {size} records do not have its root", at)
    return None


def judge_order(found):
    before = (0, None)
    for file, at, (_, size, root, _) in found:
        if file == "checkpoints" and size < before[0]:
            return Damaged("log_checkpoint_order", file, f"has {size} records, the one before {before[0]}", at)
        if size == before[0] and before[1] not in (None, root):
            return Damaged("log_checkpoint_fork", file, f"two roots were signed for {size} records", at)
        before = (size, root)
    return None


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
    keys = own if keys is None else keys
    sizes = [each[2][1] for each in found] + [each[1][1] for each in held] + [each[0] for each in heads]
    log = {"origin": origin, "digest": digest, "roots": dict.fromkeys(sizes)}
    named = read_records(folder, log, problems)
    if all(each.code == "log_torn_tail" for each in problems):
        read_payloads(folder, log, named, problems)
    log["size"] = log["tree"].size
    check_folders(folder, problems)
    problems += late
    kept = [judge_checkpoint(*each, log, keys, KEPT) for each in found] + [judge_order(found)]
    kept = [each for each in kept if each]
    problems += kept
    judged = [judge_checkpoint(name, 0, each, log, keys, HELD) for name, each in held]
    judged += [judge_head("held head", 0, size, root, log, HELD) for size, root in heads]
    problems += [each for each in judged if each]
    begins = log["begins"]
    if begins > 0 and not late and not any(each.code == "log_frame" for each in problems):
        vouched = not kept and any(each[2][1] >= begins for each in found)
        if not vouched or log["pruned"] != begins:
            why = "no record says it was pruned" if vouched else "no checkpoint vouches for it"
            problems.append(Damaged("log_missing_segment", "seg", f"nothing before {begins} is there, and {why}"))
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


def read_keys(texts):
    keys = []
    for text in texts:
        if note.parse_key(text):
            keys.append(note.parse_key(text))
            continue
        for line in pathlib.Path(text).read_text("utf-8").split():
            if note.parse_key(line) is None:
                sys.exit(f"{text}: a line that is no verifier key")
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
        proof, record = pathlib.Path(options.proof), pathlib.Path(options.record)
        proven = note.is_receipt_of(proof.read_bytes(), record.read_bytes(), keys)
        print("proven" if proven else "not proven")
        sys.exit(0 if proven else 7)
    if options.directory is None or options.proof:
        parser.error("name a folder, or a receipt with its record and a key")
    held = [(path, note.parse_checkpoint(pathlib.Path(path).read_bytes())) for path in options.checkpoint]
    heads = [(int(size), root) for size, _, root in (each.partition(":") for each in options.head)]
    if any(each is None for _, each in held):
        parser.error("a held checkpoint is none")
    found = verify(Folder(options.directory), keys or None, held, heads)
    if options.json:
        print(json.dumps(found))
    else:
        print(found["state"])
        print(found["size"], found["root"])
        for each in found["problems"]:
            print(f"{each['code']} {each['file']} at byte {each['offset']}: {each['message']}")
    sys.exit(0 if found["state"] == "intact" else 7)


if __name__ == "__main__":
    main()
