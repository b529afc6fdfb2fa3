"""What got slower between two sets of results."""

# Ratios move by themselves: what counts is outside of what was measured before, and by that much.
MARGIN = 1.15


def key(line: dict) -> tuple:
    return line["row"], line["project"], line["measure"]


def slower(before: list[dict], after: list[dict]) -> list[str]:
    """One sentence for each line of `after` whose ratio is worse than in `before`, the worst first."""
    known = {key(line): line["ratio"] for line in before}
    found = []
    for line in after:
        old, new = known.get(key(line)), line["ratio"]
        if old is None:
            continue
        change = new["median"] / old["median"]
        # Of a single pair, the median is also the minimum.
        if change > MARGIN and new["min"] > old["median"] and new["median"] > old["max"]:
            text = f"{line['row']} on {line['project']} ({line['measure']}): ratio {new['median']:.3g}, was {old['median']:.3g}"
            found.append((change, f"slower by {(change - 1) * 100:.0f} %: {text}"))
    return [text for _, text in sorted(found, reverse=True)]
