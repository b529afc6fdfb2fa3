"""All mutations: importing this module registers them."""

import faults_apps  # noqa: F401
import faults_archive  # noqa: F401
import faults_arm  # noqa: F401
import faults_documents  # noqa: F401
import faults_elf  # noqa: F401
import faults_macho  # noqa: F401
import faults_modules  # noqa: F401
import faults_names  # noqa: F401
import faults_windows  # noqa: F401
from mutation import MUTATIONS, Mutation

__all__ = ["MUTATIONS", "Mutation"]
