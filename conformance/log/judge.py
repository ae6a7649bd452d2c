"""Judges many logs in one process: for tests, which change a log in many ways.

Reads a JSON object a line: `directory`, and where wanted `changes` (paths to base64, null where a file is
gone), `vkeys` (texts), `checkpoints` (texts), `heads` (`SIZE:ROOT`). Prints a verdict a line.
"""
import base64
import json
import sys

sys.dont_write_bytecode = True

import note  # noqa: E402
import verify  # noqa: E402


def judge(asked):
    changes = asked.get("changes", {}).items()
    changed = {path: None if data is None else base64.b64decode(data) for path, data in changes}
    keys = [note.parse_key(text) for text in asked.get("vkeys", [])] or None
    held = [("held", note.parse_checkpoint(text.encode())) for text in asked.get("checkpoints", [])]
    heads = [(int(size), root) for size, _, root in (each.partition(":") for each in asked.get("heads", []))]
    return verify.verify(verify.Folder(asked["directory"], changed), keys, held, heads)


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
