"""With `-n 2`, one process begins with tests/frontends, which share an installed pygo, and each takes the next
file when it is done. pygo keeps what it builds, so wheels that tests of several files need are built once.
"""

from pathlib import PurePosixPath

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::")[0]
            return "frontends" if "frontends" in PurePosixPath(file).parts else file

    return ByFile(config, log)
