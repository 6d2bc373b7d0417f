"""What progress costs where nobody watches: one `advance` beside one step of an empty loop.

python benchmarks/progress.py
"""

from __future__ import annotations

from _common import clock, finish, parser

STEPS = 1_000_000


def main() -> None:
    options = parser(__doc__).parse_args()
    from graphface.progress import reporting_to, task
    from graphface.sinks import Silent

    with clock() as empty:
        for _ in range(STEPS):
            pass
    with reporting_to(Silent()), task("counting", total=STEPS) as bar, clock() as counted:
        for _ in range(STEPS):
            bar.advance()
    each = (counted[0] - empty[0]) / STEPS * 1e6
    print(f"one advance: {each:.2f} microseconds more than an empty step")
    finish(options, {"microseconds": each})


if __name__ == "__main__":
    main()
