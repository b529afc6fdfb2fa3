# The extension module, for type checkers. pygo builds it from `signatures`.

from typing import Any

ffi: Any
lib: Any
