"""Reads a log with the Python standard library alone and prints its size and root.

Usage: python3 verify.py DIR            prints `<size> <root>`; exit 1 says what is wrong
Exit 3: nothing is wrong but that payloads are erased, and no record says so.
An independent reading of README.md: shares no code with the implementation.
"""
import hashlib
import json
import pathlib
import struct
import sys
import zlib


def sha256(data):
    return hashlib.sha256(data).digest()


def frames(data, where):
    at = 0
    while at + 12 <= len(data):
        length, crc, batch = struct.unpack_from(">III", data, at)
        if length == 0:
            break
        end = at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 8 : end]) != crc:
            sys.exit(f"{where} at byte {at}: frame fails its checksum")
        yield batch, data[at + 12], data[at + 12 : end]
        at = end
    if any(data[at:]):
        sys.exit(f"{where} at byte {at}: tail is not all zeros")


class Tree:
    """RFC 6962 section 2.1, kept as the roots of its perfect subtrees."""

    def __init__(self):
        self.size, self.roots = 0, []

    def push(self, leaf):
        self.roots.append(leaf)
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            right, left = self.roots.pop(), self.roots.pop()
            self.roots.append(sha256(b"\x01" + left + right))
            rest //= 2

    def root(self):
        if not self.roots:
            return sha256(b"").hex()
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = sha256(b"\x01" + left + root)
        return root.hex()


def main(directory):
    directory = pathlib.Path(directory)
    log = "sha256:" + sha256((directory / "log.json").read_bytes()).hex()
    tree, group, previous, named = Tree(), 1, None, []
    for path in sorted((directory / "seg").glob("*.seg")):
        data = path.read_bytes()
        committed = True
        for number, (batch, kind, leaf) in enumerate(frames(data, path.name)):
            if batch != group % 2**32:
                sys.exit(f"{path.name}: frame of group {batch} in group {group}")
            if kind == 0x48 and number == 0:
                header = json.loads(leaf[1:])
                right = (tree.size, len(data), log, [root.hex() for root in tree.roots], previous)
                told = [header.get(n) for n in ("first", "bytes", "log", "frontier", "previous")]
                if tuple(told) != right or int(path.stem) != tree.size:
                    sys.exit(f"{path.name}: header does not fit the log")
            elif kind == 0x00 and number > 0:
                reference = json.loads(leaf[1:]).get("payload")
                if reference:
                    named.append((tree.size, batch, reference))
                tree.push(sha256(leaf))
                committed = False
            elif kind == 0x43 and not committed:
                commit = {"batch": group, "root": tree.root(), "size": tree.size}
                if json.loads(leaf[1:]) != commit:
                    sys.exit(f"{path.name}: group {group} does not have the root committed")
                committed, group = True, group + 1
            else:
                sys.exit(f"{path.name}: frame of type {kind} out of place")
        if not committed:
            sys.exit(f"{path.name}: unfinished group")
        previous = {"first": int(path.stem), "digest": "sha256:" + sha256(data).hex()}
    erased = check_payloads(directory, named)
    print(tree.size, tree.root())
    if erased:
        print(f"payloads of records {erased} are erased, and no record says so", file=sys.stderr)
        sys.exit(3)


def check_payloads(directory, named):
    stored = {}
    for path in sorted((directory / "payload").glob("*.pay")):
        for batch, kind, content in frames(path.read_bytes(), path.name):
            if kind != 0x48:
                stored[struct.unpack(">Q", content[1:9])[0]] = batch, kind, content[9:]
    all_erased = []
    for index, batch, reference in named:
        found, kind, payload = stored.pop(index, (None, None, b""))
        digest = "sha256:" + sha256(payload).hex()
        intact = kind == 0x50 and digest == reference["digest"]
        erased = kind == 0x45 and not any(payload)
        if found != batch or len(payload) != reference["bytes"] or not (intact or erased):
            sys.exit(f"payload of record {index} is missing or not the one named")
        if erased:
            all_erased.append(index)
    if stored:
        sys.exit(f"payloads of records {sorted(stored)} belong to no record")
    return all_erased


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
