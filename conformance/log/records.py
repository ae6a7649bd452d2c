"""Reads segments, checking every byte of them: README.md, "Frames" and "Groups"."""
import json
import re
import struct
import zlib

from merkle import Tree, sha256

SECTOR = 512
GROUP_MAX, PAYLOADS_MAX = 4 * 2**20, 36 * 2**20
SEGMENT_LENGTH_MAX, PAYLOAD_LENGTH_MAX = 1 + 65535, 1 + 8 + 32 * 2**20
ENTRY, COMMIT, HEADER, PAYLOAD, ERASED = 0x00, 0x43, 0x48, 0x50, 0x45


class Damaged(Exception):
    """One thing that is wrong, under a code of README.md."""

    def __init__(self, code, file, message, offset=0):
        super().__init__(message)
        self.code, self.file, self.message, self.offset = code, file, message, offset
        # Set where reading the records ended: what follows is not judged.
        self.stops = False

    def told(self):
        return {"code": self.code, "file": self.file, "offset": self.offset, "message": self.message}


def frame_at(data, at, longest):
    """`(end, batch, type, leaf)` of the frame there, or None when none can be read."""
    if at + 12 > len(data):
        return None
    length, crc, batch = struct.unpack_from(">III", data, at)
    end = at + 12 + length
    if length == 0 or length > longest or end > len(data) or zlib.crc32(data[at + 8 : end]) != crc:
        return None
    return end, batch, data[at + 12], data[at + 12 : end]


def end_of(data, start=0):
    """Where the zeros begin that reach to the end."""
    return start + len(data[start:].rstrip(b"\0"))


def digest(data):
    return "sha256:" + sha256(data).hex()


def canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def read_object(data):
    """A JSON object (RFC 8259) in UTF-8 from the first to the last byte, or None."""
    if data[:1] != b"{" or data[-1:] != b"}":
        return None
    try:
        text = data.decode("utf-8")
        try:
            value = strict_json(text)
        except RecursionError:
            value = strict_json(without_depth(text))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def strict_json(text):
    """Python alone also takes NaN and Infinity, and refuses whole numbers of many digits."""
    return json.loads(text, parse_constant=refuse, parse_int=lambda digits: int(digits) if len(digits) < 400 else float(digits))


def refuse(name):
    raise ValueError(f"{name} is not JSON")


def without_depth(text):
    """The same with 0 for what lies deeper than anything that is looked at, once that was found to be JSON."""
    open_parts = [[]]
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^"\[\]{}]+|"', text, re.DOTALL):
        if token in "[{":
            open_parts.append([])
        open_parts[-1].append(token)
        if token in "]}":
            if len(open_parts) == 1:
                raise ValueError("more is closed than was opened")
            part = "".join(open_parts.pop())
            is_deep = len(open_parts) > 8
            if is_deep:
                strict_json(part)
            open_parts[-1].append("0" if is_deep else part)
    if len(open_parts) > 1:
        raise ValueError("more is opened than was closed")
    return "".join(open_parts[0])


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def runs_in(erased):
    """First and last of each run of records that an erasure names."""
    runs = [tuple(run[:2]) for run in erased if isinstance(run, list) and len(run) > 1]
    return [run for run in runs if all(map(is_number, run))]


def files_of(folder, name, suffix):
    names = [each for each in folder.list(name) if re.fullmatch(rf"[0-9]{{20}}\.{suffix}", each)]
    return [(int(each[:20]), f"{name}/{each}") for each in names]


def read_records(folder, log, problems):
    """Fills in tree, group, begins and roots of `log`; returns `[(index, group, reference)]`."""
    log.update(tree=Tree(), group=0, begins=0, previous=None, pruned=[], adds_from=0, erased=[], holds=[])
    if 0 in log["roots"]:
        log["roots"][0] = log["tree"].root().hex()
    segments, named = files_of(folder, "seg", "seg"), []
    if len(segments) > 1:
        log["adds_from"] = segments[-2][0]
    try:
        if not segments:
            raise Damaged("log_missing_segment", "seg", "no segment at all")
        for place, (first, path) in enumerate(segments):
            data = folder.read(path)
            read_segment(data, first, path, log, named, place == 0, place == len(segments) - 1, problems)
            log["previous"] = {"digest": digest(data), "first": first}
    except Damaged as damaged:
        damaged.stops = damaged.code != "log_torn_tail"
        problems.insert(0, damaged)
    return named


def read_segment(data, first, path, log, named, is_first, is_last, problems):
    if not is_first and first != log["tree"].size:
        raise Damaged("log_missing_segment", path, f"begins with {first}, not {log['tree'].size}")
    if not data or len(data) % 4096:
        raise Damaged("log_file_size", path, "not whole blocks of 4096", len(data))
    if end_of(data) == 0:
        if is_last and first == log["tree"].size:
            return
        raise Damaged("log_missing_segment", path, "empty, though another follows or none came before")
    at, start = open_segment(data, first, path, log, is_first), 0
    while start == 0 or end_of(data, at) > at:
        try:
            at = start = read_group(data, start, at, path, log, named, problems)
        except Damaged as damaged:
            if damaged.code == "log_torn_tail" and not is_last:
                damaged.code = "log_frame"
            raise


def open_segment(data, first, path, log, is_first):
    frame = frame_at(data, 0, SEGMENT_LENGTH_MAX)
    if frame is None:
        raise unreadable(data, 0, 0, path, log["group"] + 1)
    end, batch, kind, leaf = frame
    header = read_object(leaf[1:]) if kind == HEADER else None
    if header is None:
        raise Damaged("log_header", path, "does not begin with a header")
    if header.get("bytes") != len(data):
        raise Damaged("log_file_size", path, "has not the length that its header says")
    if is_first and first > 0:
        try:
            roots = [bytes.fromhex(each) for each in header["frontier"]]
            log["tree"], log["begins"] = Tree(first, roots), first
            log["group"], log["previous"] = header["batch"] - 1, dict(header["previous"])
            log["begin_root"] = log["tree"].root().hex()
        except (KeyError, TypeError, ValueError):
            raise Damaged("log_header", path, "does not say where the log begins") from None
        if first in log["roots"]:
            log["roots"][first] = log["begin_root"]
    right = {
        "batch": log["group"] + 1,
        "bytes": len(data),
        "first": first,
        "frontier": [root.hex() for root in log["tree"].roots],
        "kind": "records",
        "log": log["digest"],
        "origin": log["origin"],
        "v": 1,
    }
    if log["previous"]:
        right["previous"] = log["previous"]
    if leaf[1:] != canonical(right) or batch != (log["group"] + 1) % 2**32:
        raise Damaged("log_header", path, "header disagrees with the log")
    return end


def read_group(data, start, at, path, log, named, problems):
    """Reads one whole group; returns where it ends."""
    group, entries = log["group"] + 1, []
    while True:
        frame = frame_at(data, at, SEGMENT_LENGTH_MAX)
        if frame is None:
            raise unreadable(data, start, at, path, group)
        end, batch, kind, leaf = frame
        if batch != group % 2**32:
            raise Damaged("log_batch", path, f"frame of group {batch} in group {group}", at)
        if end - start > GROUP_MAX:
            raise Damaged("log_frame", path, "group is larger than any group", at)
        if kind == COMMIT:
            break
        if kind != ENTRY:
            raise Damaged("log_frame", path, f"frame of type {kind} among the records", at)
        entries.append((at, leaf))
        at = end
    if not entries:
        raise Damaged("log_frame", path, "group has no record", at)
    tree = Tree(log["tree"].size, log["tree"].roots)
    heads = []
    for _, each in entries:
        tree.push(sha256(each))
        heads.append((tree.size, tree.root().hex() if tree.size in log["roots"] else None))
    if leaf[1:] != canonical({"batch": group, "root": tree.root().hex(), "size": tree.size}):
        raise Damaged("log_root", path, f"group {group} does not have the root committed", at)
    for (offset, entry), (size, root) in zip(entries, heads):
        if root:
            log["roots"][size] = root
        take_record(entry[1:], size - 1, group, path, offset, log, named, problems)
    log["tree"], log["group"] = tree, group
    return end


def take_record(body, index, group, path, offset, log, named, problems):
    record = read_object(body)
    reference = record.get("payload") if record is not None else None
    if record is None or ("payload" in record and not is_reference(reference)):
        problems.append(Damaged("log_record", path, f"record {index} is malformed", offset))
        return
    if record.get("kind") == "key":
        why = log["ring"].take(index, record)
        if why:
            problems.append(Damaged("log_key_change", path, f"record {index} {why}", offset))
    if record.get("kind") == "hold" and isinstance(record.get("name"), str):
        if record.get("change") in ("placed", "released"):
            log["holds"] = [each for each in log["holds"] if each != record["name"]]
        if record.get("change") == "placed":
            log["holds"].append(record["name"])
    if record.get("kind") in ("pruned", "erasure") and log["holds"]:
        why = f"record {index} takes away what the hold {log['holds'][0]} is to keep"
        problems.append(Damaged("log_hold", path, why, offset))
    if record.get("kind") == "erasure" and isinstance(record.get("erased"), list):
        log["erased"] += [(first, last, index) for first, last in runs_in(record["erased"])]
    if record.get("kind") == "pruned" and is_number(record.get("minimum")) and isinstance(record.get("root"), str):
        log["pruned"].append((record["minimum"], record["root"], index))
    if reference is not None:
        named.append((index, group, reference))


def is_reference(value):
    return (
        isinstance(value, dict)
        and isinstance(value.get("scheme"), str)
        and re.fullmatch("sha256:[0-9a-f]{64}", str(value.get("digest"))) is not None
        and is_number(value.get("bytes"))
        and 0 <= value["bytes"] < 2**53
        and value["bytes"] == int(value["bytes"])
    )


def unreadable(data, start, at, path, group):
    """What the bytes behind the last commit are: what a crash left, or damage."""
    why = crash_denial(data, start, at, group)
    if why is None:
        return Damaged("log_torn_tail", path, "an unfinished group, as a crash leaves it", start)
    tail = at == start and data[at : at + 4] == b"\0\0\0\0"
    return Damaged("log_zero_tail" if tail else "log_frame", path, why, at)


def crash_denial(data, start, at, group):
    end = end_of(data, start)
    claimed = at + 12 + struct.unpack_from(">I", data, min(at, len(data) - 4))[0]
    if end - start > GROUP_MAX:
        return "more bytes than one group can have"
    if claimed > len(data) or claimed - at - 12 > SEGMENT_LENGTH_MAX:
        return "longer than any frame here can be"
    for each in range(start, end - 12):
        frame = frame_at(data, each, SEGMENT_LENGTH_MAX)
        if frame and frame[2] in (ENTRY, COMMIT, HEADER) and 0 < (frame[1] - group) % 2**32 <= 2**15:
            return f"a later group follows at byte {each}"
        if frame and frame[0] == end and frame[2] == COMMIT and frame[1] == group % 2**32:
            claimed = end
    if stray(data, start, end) is not None:
        return "a byte lies behind zeros of its own sector"
    to = max(claimed, end)
    for sector in range(at - at % SECTOR, to, SECTOR):
        last = min(sector + SECTOR, to, len(data)) - 1
        if last > at and data[last] == 0:
            return None
    return "fails its checksum, and no byte of it was lost in a crash"


def stray(data, start, end):
    zeros = 0
    for at in range(start, end):
        zeros = 0 if at % SECTOR == 0 else zeros
        if data[at] == 0:
            zeros += 1
        elif zeros > 32:
            return at
        else:
            zeros = 0
    return None
