from pathlib import Path

from pygo_tools import setup
from setuptools import find_packages

setup(
    name="{{name}}",
    version="0.1.0",
    description="A Python package whose core is written in Go",
    long_description=Path("README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    python_requires=">=3.10",
    packages=find_packages(include=["{{package}}", "{{package}}.*"]),
    package_data={"{{package}}": ["py.typed", "*.pyi"]},
)
