"""Which code of a project leaves its wheel to depend on nothing but its files."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "src/factory/scripts/own_code.py"
spec = importlib.util.spec_from_file_location("own_code", SCRIPT)
own_code = importlib.util.module_from_spec(spec)
spec.loader.exec_module(own_code)

pytestmark = pytest.mark.quick

PLAIN = [
    "from pygo_tools import setup\nfrom setuptools import find_packages\n"
    "setup(name='x', version='1', packages=find_packages(where='src'), package_dir={'': 'src'})",
    "import setuptools\nsetuptools.setup(name='x', install_requires=['cffi'])",
    "from pathlib import Path\nfrom setuptools import setup\nhere = Path(__file__).parent\n"
    "setup(name='x', long_description=(here / 'README.md').read_text(encoding='utf-8'))",
    "from pathlib import Path\nfrom setuptools import setup\n"
    "setup(name='x', long_description=Path(__file__).resolve().parent.joinpath('README.md').read_text())",
    "import os, re\nfrom setuptools import setup\nHERE = os.path.abspath(os.path.dirname(__file__))\n"
    "with open(os.path.join(HERE, 'x/__init__.py'), encoding='utf-8') as f:\n"
    "    version = re.search(r'\"(.*)\"', f.read()).group(1)\nsetup(name='x', version=version)",
    "from setuptools import setup\ndef lines(name):\n    with open(name) as file:\n"
    "        return [line.strip() for line in file.readlines()]\n"
    "if __name__ == '__main__':\n    setup(name='x', install_requires=lines('requirements.txt'))",
]

DOUBTFUL = {
    "import time\n": 1,
    "from setuptools import setup\nimport os\nsetup(version=os.environ['V'])": 3,
    "import os\nos.system('date')": 2,
    "from setuptools import *": 1,
    "from x import version": 1,
    "from . import version": 1,
    "open('out', 'w')": 1,
    "from pathlib import Path\nPath('x').open('a')": 2,
    "from pathlib import Path\nPath('x').write_text('')": 2,
    "open('../VERSION')": 1,
    "open('/etc/passwd')": 1,
    "from pathlib import Path\nhere = Path(__file__).parent\nopen(here.parent / 'x')": 3,
    "from pathlib import Path\nopen(Path(__file__).parent.parent / 'x')": 2,
    "import os\nopen(os.path.dirname(os.path.dirname(__file__)))": 2,
    "import os\nopen(os.path.dirname(os.path.abspath('.')))": 2,
    "import os\nopen(os.path.dirname(os.path.realpath(os.path.dirname(__file__))))": 2,
    "from pathlib import Path\nopen(Path('.').resolve().parent / 'x')": 2,
    "from pathlib import Path\nopen(Path(__file__).resolve().parent.resolve().parent / 'x')": 2,
    "from pathlib import Path\nopen(Path(__file__, 'x').parent)": 2,
    "from setuptools import setup\nsetup(cmdclass={})": 2,
    "from setuptools import setup\nsetup(use_scm_version=True)": 2,
    "from setuptools import setup\nsetup(**read)": 2,
    "from setuptools import setup as s\ns(cmdclass={})": 1,
    "exec('1')": 1,
    "f = exec\nf('1')": 1,
    "__import__('time')": 1,
    "class A: pass": 1,
    "x = [1]\nx.__class__": 2,
}


@pytest.mark.parametrize("text", PLAIN)
def test_a_program_that_reads_files_of_the_project_is_no_doubt(tmp_path, text):
    (tmp_path / "setup.py").write_text(text)
    assert own_code.doubt(tmp_path, []) is None


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_program_that_may_do_more_is_a_doubt(tmp_path, text):
    (tmp_path / "setup.py").write_text(text)
    assert own_code.doubt(tmp_path, []) == f"setup.py, line {DOUBTFUL[text]}"


def test_a_module_of_the_project_hides_one_of_pythons(tmp_path):
    (tmp_path / "setup.py").write_text("import json")
    assert own_code.doubt(tmp_path, []) is None
    (tmp_path / "json.py").write_text("")
    assert own_code.doubt(tmp_path, []) == "setup.py, line 1"


def test_python_that_cannot_be_read_is_a_doubt(tmp_path):
    (tmp_path / "setup.py").write_text("setup(")
    assert own_code.doubt(tmp_path, [])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("__version__ = '1'\n", True),
        ("import os\n__version__: str = '1'\n__version__ = os.name\n", True),
        ("import os\n__version__ = os.name\n", False),
        ("if True:\n    __version__ = '1'\n", False),
        ("VERSION = '1'\n", False),
        ("__version__: str\n", False),
    ],
)
def test_a_version_is_a_literal_where_setuptools_finds_one(tmp_path, text, plain):
    package = tmp_path / "src/pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(text)
    assert (own_code.doubt(tmp_path, ["pkg.__version__"]) is None) is plain


def test_a_version_in_two_places_is_a_doubt(tmp_path):
    for path in ["pkg.py", "pkg/__init__.py"]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("__version__ = '1'\n")
    assert own_code.doubt(tmp_path, ["pkg.__version__"])
    assert own_code.doubt(tmp_path, ["other.__version__"])
    assert own_code.doubt(tmp_path, ["__version__"])
