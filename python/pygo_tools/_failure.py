"""Errors in three parts, formatted like those of the command."""


class Failure(SystemExit):
    """Exits with code 1 and a message instead of a traceback.

    :param doing: what pygo was doing, as a participle.
    :param found: what it found.
    :param help: how to fix it.
    """

    def __init__(self, doing, found, help):
        lines = [f"error: {doing}"]
        for label, text in (("found", found), ("help", help)):
            for line in text.splitlines():
                lines.append(f"{label:>7}{':' if label else ' '} {line}")
                label = ""
        super().__init__("\n".join(lines))
