"""`python -m benchmarks [NAME …] [--quick]`: measure, print Markdown, write benchmarks/results/."""

from __future__ import annotations

import argparse

from benchmarks import asof, checks, city, feed, history, intake, portal, search, sweep

BENCHMARKS = {
    "search": search.run,
    "history": history.run,
    "city": city.run,
    "sweep": sweep.run,
    "asof": asof.run,
    "intake": intake.run,
    "portal": portal.run,
    "feed": feed.run,
    "checks": checks.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, written beside the full results")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    for name in options.names or BENCHMARKS:
        print(BENCHMARKS[name](quick=options.quick), flush=True)
        print()


if __name__ == "__main__":
    main()
