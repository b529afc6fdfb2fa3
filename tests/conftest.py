"""With `-n 2 --dist loadgroup`, one process runs tests/frontends and another one all other tests.

Within a group, tests share the wheels that the fixtures build.
"""

from pathlib import Path

import pytest

FRONTENDS = Path(__file__).parent / "frontends"


# Before the hook of xdist, which reads the marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        group = "frontends" if FRONTENDS in item.path.parents else "judges"
        item.add_marker(pytest.mark.xdist_group(group))
