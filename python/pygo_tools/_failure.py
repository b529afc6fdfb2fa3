"""What went wrong, told in three parts, as the command tells it."""


class Failure(SystemExit):
    """Ends the process with exit code 1 and a message, and no traceback before it.

    :param doing: what was being done, as a participle.
    :param found: what was found.
    :param help: what to do about it.
    """

    def __init__(self, doing, found, help):
        lines = [f"error: {doing}"]
        for label, text in (("found", found), ("help", help)):
            for line in text.splitlines():
                lines.append(f"{label:>7}{':' if label else ' '} {line}")
                label = ""
        super().__init__("\n".join(lines))
