"""With `-n 2`, one process runs tests/frontends and another one all other tests.

Each process shares the wheels that its fixtures build.
"""

from pathlib import PurePosixPath

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class ByDirectory(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = PurePosixPath(nodeid.split("::")[0])
            return "frontends" if "frontends" in path.parts else "judges"

    return ByDirectory(config, log)
