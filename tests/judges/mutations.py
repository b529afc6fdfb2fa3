"""Wheels with one thing wrong each, made from good ones: every fault there is.

A `Pack` is a wheel in memory; a `Mutation` changes one thing of it and says which rule of
`pygo check` names that.
"""

import faults_archive  # noqa: F401
import faults_documents  # noqa: F401
import faults_elf  # noqa: F401
import faults_macho  # noqa: F401
import faults_modules  # noqa: F401
import faults_names  # noqa: F401
import faults_windows  # noqa: F401
from mutation import MUTATIONS, Mutation
from packs import Pack, pure

__all__ = ["MUTATIONS", "Mutation", "Pack", "pure"]
