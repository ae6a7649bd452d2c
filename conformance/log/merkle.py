"""The tree of RFC 6962 section 2.1 and the proofs of RFC 9162 sections 2.1.3 and 2.1.4."""
import hashlib


def sha256(data):
    return hashlib.sha256(data).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """A tree that grows, kept as the roots of its perfect subtrees, the largest first."""

    def __init__(self, size=0, roots=()):
        if len(roots) != bin(size).count("1") or any(len(root) != 32 for root in roots):
            raise ValueError("not the roots of a tree of that size")
        self.size, self.roots = size, list(roots)

    def push(self, leaf):
        self.roots.append(leaf)
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            right, left = self.roots.pop(), self.roots.pop()
            self.roots.append(node_hash(left, right))
            rest //= 2

    def root(self):
        if not self.roots:
            return sha256(b"")
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


def is_included(index, leaf, size, root, proof):
    """RFC 9162 section 2.1.3.2."""
    if index >= size or any(len(each) != 32 for each in [leaf, root, *proof]):
        return False
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            current = node_hash(sibling, current)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            current = node_hash(current, sibling)
        node, last = node // 2, last // 2
    return last == 0 and current == root


def is_consistent(size1, root1, size2, root2, proof):
    """RFC 9162 section 2.1.4.2; every tree continues the empty one, and a tree itself."""
    if size1 > size2 or any(len(each) != 32 for each in [root1, root2, *proof]):
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if size1 == 0:
        return not proof
    if not proof:
        return False
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    node, last = size1 - 1, size2 - 1
    while node % 2 == 1:
        node, last = node // 2, last // 2
    earlier = later = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            earlier, later = node_hash(sibling, earlier), node_hash(sibling, later)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            later = node_hash(later, sibling)
        node, last = node // 2, last // 2
    return last == 0 and earlier == root1 and later == root2
