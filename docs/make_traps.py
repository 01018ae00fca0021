"""Write docs/traps.md: every trap of `parity traps`, run, with its figures.

python docs/make_traps.py
"""

import pathlib

from parity.traps import TRAPS

PAGE = pathlib.Path(__file__).parent / "traps.md"
HEAD = """# What a naive Keras port gets wrong

Each row is a small network (16 units, batches of 16 digits, all weights different and small) ported with one mistake, run against
the TF 1 graph. *Caught at* is the rung of the ladder that finds it, with the largest difference there and the bound that two
faithful ports keep. Made by `python docs/make_traps.py`; `parity traps` runs the same and prints it.

| trap | a naive port | TensorFlow 1 | caught at | difference | bound |
| --- | --- | --- | --- | --- | --- |
"""
TAIL = """
For the dropout rows the difference is in standard errors over 200 masks: a logit's mean, or the spread of the logits.
For the initial weights it is a share of TF 1's root mean square. For a step it is a share of the update's norm.

Not every difference is a mistake. These are not, and the ports here have them:

- Keras keeps two kernels, TF 1 one joined matrix. After splitting the rows the sums run in another order: 1e-6 in the logits.
- A forget bias of 1 may be folded into the stored bias instead of being added at run time: training does the same, up to rounding.
  But there and back it is no longer bit for bit, and a converter must know which of the two it reads.
- The third layer of the stack may be left out. It has no gradient and feeds nothing.
"""


def row(trap, rung):
    """Return a trap's row of the table, from the Rung that caught it."""
    figures = (rung.where, "") if rung.difference is None else (f"{rung.difference:.2g}", f"{rung.bound:.2g}")
    return f"| {trap.name} | {trap.naive} | {trap.faithful} | {rung.name} | {figures[0]} | {figures[1]} |"


def main():
    """Run every trap and write the page."""
    rows = []
    for trap in TRAPS:
        rung = trap.run()
        assert not rung.same, f"{trap.name} was not caught"
        rows.append(row(trap, rung) + "\n")
    PAGE.write_text(HEAD + "".join(rows) + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
