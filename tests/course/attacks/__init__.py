"""The attack corpus: what hostile submissions try, as data. `arena.py` grades them in one class.

Hostile code runs in the jail only, and each attack is harmless where it would succeed: it looks,
sends signal 0, or writes a marker. Placeholders that the arena fills in:

    @COURSE@   the course folder          @GRADER@   process id of the grader
    @SECRET@   a text only the host has   @PORT@     a TCP port that the host listens on
"""

from attacks import cheats, endings, hogs, others, papers, system
from attacks.case import Attack

ATTACKS: tuple[Attack, ...] = (
    *system.ATTACKS,
    *others.ATTACKS,
    *cheats.ATTACKS,
    *hogs.ATTACKS,
    *endings.ATTACKS,
    *papers.ATTACKS,
)
