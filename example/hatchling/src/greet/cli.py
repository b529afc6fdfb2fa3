import argparse

from .greeting import greet, languages


def main() -> None:
    parser = argparse.ArgumentParser(prog="greet", description="Say hello.")
    parser.add_argument("name")
    parser.add_argument("--language", choices=languages(), default="en")
    options = parser.parse_args()
    print(greet(options.name, options.language))
