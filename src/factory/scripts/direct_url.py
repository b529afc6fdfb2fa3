"""Record that a distribution is an editable install of a directory, not of a temporary wheel.

Reads JSON from standard input: distribution, project (a path). Writes direct_url.json of the
installed distribution (PEP 610) and its row in RECORD.
"""

import base64
import csv
import hashlib
import importlib.metadata
import io
import json
import sys
from pathlib import Path

task = json.load(sys.stdin)
distribution = importlib.metadata.distribution(task["distribution"])
(record,) = (
    Path(distribution.locate_file(file))
    for file in distribution.files
    if file.name == "RECORD" and file.parent.name.endswith(".dist-info")
)
origin = {"dir_info": {"editable": True}, "url": Path(task["project"]).as_uri()}
text = json.dumps(origin).encode()
(record.parent / "direct_url.json").write_bytes(text)

digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
name = f"{record.parent.name}/direct_url.json"
rows = [row for row in csv.reader(record.read_text("utf-8").splitlines()) if row[0] != name]
rows.append([name, f"sha256={digest}", str(len(text))])
out = io.StringIO()
csv.writer(out, lineterminator="\n").writerows(rows)
record.write_text(out.getvalue(), "utf-8")
