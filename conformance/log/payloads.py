"""Reads payload files, holding each to the record that names it: README.md, "Payloads"."""
import struct

from records import (
    ERASED,
    HEADER,
    PAYLOAD,
    PAYLOAD_LENGTH_MAX,
    PAYLOADS_MAX,
    Damaged,
    canonical,
    digest,
    end_of,
    files_of,
    frame_at,
    read_object,
    stray,
)


def read_payloads(folder, log, named, problems):
    """Holds every payload file to the payloads that records name."""
    files = files_of(folder, "payload", "pay")
    missing = [index for index, _, _ in named if not files or index < files[0][0]]
    for index in missing:
        problems.append(Damaged("log_payload_missing", "payload", f"payload of record {index} is not there"))
    for place, (first, path) in enumerate(files):
        after = files[place + 1][0] if place + 1 < len(files) else float("inf")
        wanted = [each for each in named if first <= each[0] < after]
        is_open = after == float("inf") and first >= log["adds_from"]
        try:
            read_payload_file(folder.read(path), first, path, log, wanted, is_open, problems)
        except Damaged as damaged:
            problems.append(damaged)


def read_payload_file(data, first, path, log, wanted, is_open, problems):
    if not data or len(data) % 4096:
        raise Damaged("log_file_size", path, "not whole blocks of 4096", len(data))
    at = open_payloads(data, first, path, log, bool(wanted)) if end_of(data) else 0
    for index, group, reference in wanted:
        at = take_payload(data, at, path, log, index, group, reference, problems)
    if end_of(data, at) > at:
        why = orphan_denial(data, at, log) if is_open else "bytes that belong to no record"
        code = "log_torn_tail" if why is None else "log_payload_frame"
        raise Damaged(code, path, why or "payloads of an unfinished group", at)


def open_payloads(data, first, path, log, is_wanted):
    frame = frame_at(data, 0, PAYLOAD_LENGTH_MAX)
    if frame is None:
        if is_wanted:
            raise Damaged("log_header", path, "header is not readable")
        return 0
    end, batch, kind, leaf = frame
    header = read_object(leaf[1:]) or {}
    right = {
        "batch": header.get("batch"),
        "bytes": len(data),
        "first": first,
        "kind": "payload",
        "log": log["digest"],
        "origin": log["origin"],
        "v": 1,
    }
    following = frame_at(data, end, PAYLOAD_LENGTH_MAX)
    fits = kind == HEADER and type(right["batch"]) is int and batch == right["batch"] % 2**32
    if not fits or leaf[1:] != canonical(right) or (following and following[1] != batch):
        raise Damaged("log_header", path, "header disagrees with the log")
    return end


def take_payload(data, at, path, log, index, group, reference, problems):
    """Finds the payload of a record from `at` on; returns where to look for the next one."""
    while True:
        frame = frame_at(data, at, PAYLOAD_LENGTH_MAX)
        if frame is None and end_of(data, at) > at:
            problem = Damaged("log_payload_frame", path, f"record {index}: frame is not readable", at)
            end = at + 12 + struct.unpack_from(">I", data, at)[0]
            following = frame_at(data, end, PAYLOAD_LENGTH_MAX) if end <= len(data) else None
            if following is None and (end > len(data) or end_of(data, end) > end):
                raise problem
            problems.append(problem)
            at = end
            if following is None or index_of(following) > index:
                return at
            continue
        found = None if frame is None else index_of(frame)
        if found is None or found > index:
            what = f"payload of record {index} is not there"
            problems.append(Damaged("log_payload_missing", path, what, at))
            return at
        if found == index:
            is_told = any(
                first <= index <= last and (index >= log["covered"] or teller < log["covered"])
                for first, last, teller in log["erased"]
            )
            judge_payload(frame, path, at, index, group, reference, is_told, problems)
            return frame[0]
        if found >= log["begins"]:
            what = f"payload of record {found}, which names none"
            problems.append(Damaged("log_payload_frame", path, what, at))
        at = frame[0]


def index_of(frame):
    _, _, kind, leaf = frame
    return struct.unpack_from(">Q", leaf, 1)[0] if kind in (PAYLOAD, ERASED) and len(leaf) >= 9 else -1


def judge_payload(frame, path, at, index, group, reference, is_told, problems):
    _, batch, kind, leaf = frame
    payload = leaf[9:]
    if batch != group % 2**32 or len(payload) != reference["bytes"]:
        code, what = "log_payload_frame", "is of another group or length"
    elif kind == ERASED:
        if any(payload):
            code, what = "log_payload_frame", "is erased and not all zeros"
        elif is_told:
            return
        else:
            code, what = "log_payload_erased", "is erased, and no record says so"
    elif digest(payload) != reference["digest"]:
        code, what = "log_payload_digest", "does not have the digest its record names"
    else:
        return
    problems.append(Damaged(code, path, f"payload of record {index} {what}", at))


def orphan_denial(data, at, log):
    """Why the bytes behind the last payload cannot be what a crash left of the next group."""
    group, size, place = (log["group"] + 1) % 2**32, log["tree"].size, at
    while True:
        frame = frame_at(data, place, PAYLOAD_LENGTH_MAX)
        if frame is None:
            break
        if place > 0 or frame[2] != HEADER:
            if index_of(frame) < size or frame[1] != group or frame[2] != PAYLOAD:
                return "payload of a record that names none"
            size = index_of(frame) + 1
        place = frame[0]
    if place + 12 < len(data):
        length, _ = struct.unpack_from(">II", data, place)
        right = struct.pack(">I", group)
        heads = all(byte in (0, right[i]) for i, byte in enumerate(data[place + 8 : place + 12]))
        kinds = (0, HEADER if place == 0 else PAYLOAD)
        if length > PAYLOAD_LENGTH_MAX or not heads or data[place + 12] not in kinds:
            return "bytes that no unfinished group can have left"
    if end_of(data, at) - at > PAYLOADS_MAX:
        return "more bytes than one group can have"
    return None if stray(data, at, end_of(data, at)) is None else "a byte behind zeros of its sector"
