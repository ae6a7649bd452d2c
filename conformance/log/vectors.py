"""Holds the Python verifier to `vectors/` and to the definitions of RFC 6962, in trees of up to 520 leaves.

Usage: python3 vectors.py        prints how much was compared; exit 1 names what was not as it should
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True

import note  # noqa: E402
from merkle import Tree, is_consistent, is_included, node_hash, sha256  # noqa: E402

HERE = pathlib.Path(__file__).parent / "vectors"
LARGEST = 520
wrong, compared = [], 0


def hold(is_right, what):
    global compared
    compared += 1
    if not is_right:
        wrong.append(what)


def load(name):
    return json.loads((HERE / name).read_text("utf-8"))


class Naive:
    """RFC 6962 section 2.1, word for word, remembering what it has computed."""

    def __init__(self, leaves):
        self.leaves, self.known = leaves, {}

    def root(self, start, end):
        if end - start == 0:
            return sha256(b"")
        if end - start == 1:
            return sha256(b"\x00" + self.leaves[start])
        if (start, end) not in self.known:
            k = split(end - start)
            self.known[start, end] = node_hash(self.root(start, start + k), self.root(start + k, end))
        return self.known[start, end]

    def path(self, m, start, end):
        if end - start == 1:
            return []
        k = split(end - start)
        if m < k:
            return [*self.path(m, start, start + k), self.root(start + k, end)]
        return [*self.path(m - k, start + k, end), self.root(start, start + k)]

    def proof(self, m, start, end, whole=True):
        n = end - start
        if m == n:
            return [] if whole else [self.root(start, end)]
        k = split(n)
        if m <= k:
            return [*self.proof(m, start, start + k, whole), self.root(start + k, end)]
        return [*self.proof(m - k, start + k, end, False), self.root(start, start + k)]


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def hold_tree():
    tree, naive = Tree(), Naive([f"leaf {i}".encode() for i in range(LARGEST)])
    for size in range(LARGEST + 1):
        root = naive.root(0, size)
        hold(tree.root() == root, f"root of {size}")
        for index in range(size):
            leaf = sha256(b"\x00" + naive.leaves[index])
            proof = naive.path(index, 0, size)
            hold(is_included(index, leaf, size, root, proof), f"leaf {index} of {size}")
        for earlier in range(1, size + 1):
            proof = naive.proof(earlier, 0, size)
            fits = is_consistent(earlier, naive.root(0, earlier), size, root, proof)
            hold(fits, f"{earlier} before {size}")
        if size < LARGEST:
            tree.push(sha256(b"\x00" + naive.leaves[size]))


def hold_reference_vectors():
    vectors = load("rfc6962.json")
    leaves, roots = ([bytes.fromhex(each) for each in vectors[name]] for name in ("leaves", "roots"))
    tree = Tree()
    for size, root in enumerate(roots):
        hold(tree.root() == root, f"root of {size} reference leaves")
        if size < len(leaves):
            tree.push(sha256(b"\x00" + leaves[size]))
    for each in vectors["inclusion"]:
        proof = [bytes.fromhex(one) for one in each["proof"]]
        leaf, size = sha256(b"\x00" + leaves[each["index"]]), each["size"]
        hold(is_included(each["index"], leaf, size, roots[size], proof), f"inclusion {each}")
        hold(not is_included(each["index"] + 1, leaf, size, roots[size], proof), f"other index {each}")
        hold(not is_included(each["index"], leaf, size, roots[size], [*proof, leaf]), f"longer {each}")
    for each in vectors["consistency"]:
        proof, first, last = [bytes.fromhex(one) for one in each["proof"]], each["from"], each["to"]
        hold(is_consistent(first, roots[first], last, roots[last], proof), f"consistency {each}")
        if 0 < first < last:
            hold(not is_consistent(first, roots[last], last, roots[first], proof), f"swapped {each}")
            hold(not is_consistent(first, roots[first], last, roots[last], proof[:-1]), f"shorter {each}")


def hold_texts():
    for each in load("signed-note.json")["keys"]:
        hold((note.parse_key(each["vkey"]) is not None) == each["valid"], f"key: {each['name']}")
    for each in load("signed-note.json")["notes"]:
        parsed = note.parse_note(each["note"].encode())
        hold((parsed is not None) == (each["form"] == "right"), f"note: {each['name']}")
        if parsed:
            keys = [note.parse_key(key) for key in each["vkeys"]]
            hold((note.signers(parsed, keys) or []) == each["signers"], f"signers: {each['name']}")
    for each in load("checkpoint.json")["checkpoints"]:
        parsed = note.parse_checkpoint(each["checkpoint"].encode())
        hold((parsed is not None) == each["valid"], f"checkpoint: {each['name']}")
        if parsed and each["valid"]:
            told = (each["origin"], each["size"], each["root"])
            hold((parsed[0], parsed[1], parsed[2].hex()) == told, f"content: {each['name']}")
        if parsed and "vkey" in each:
            hold(note.signers(parsed[3], [note.parse_key(each["vkey"])]), f"signature: {each['name']}")
    for each in load("tlog-proof.json")["proofs"]:
        record, key = bytes.fromhex(each["record"]), note.parse_key(each["vkey"])
        proven = note.is_receipt_of(each["receipt"].encode(), record, [key])
        hold(proven == each["proven"], f"receipt: {each['name']}")


hold_reference_vectors()
hold_texts()
hold_tree()
for each in wrong[:20]:
    print(f"wrong: {each}")
print(f"{compared} compared, {len(wrong)} wrong")
sys.exit(1 if wrong else 0)
