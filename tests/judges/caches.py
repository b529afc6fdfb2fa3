"""What tests download, and what Go and pip keep: in the user's cache directory, for all checkouts."""

import os
from pathlib import Path

CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pygo-tests"
