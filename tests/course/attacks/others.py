"""Attacks on others: the grader, the checker, the lecturer's files, the neighbours."""

from attacks.case import refused

LOOK_FOR = """
import os
found = []
for folder, names, files in os.walk('/'):
    if folder.startswith(('/proc', '/usr', '/sys')):
        names.clear()
        continue
    found += [os.path.join(folder, n) for n in files if n in WANTED]
found = [f for f in found if not f.endswith('tinymledu/course/checks.py')]
assert found
"""

MEMORY = """
import sys
hits = 0
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        if 'r' not in rights or '[v' in line:
            continue
        start, end = (int(part, 16) for part in span.split('-'))
        memory.seek(start)
        try:
            hits += memory.read(end - start).count(needle)
        except OSError:
            pass
assert hits > 2, hits      # the needle itself, and a temporary of the search
"""

MARKERS = """
import glob, os, time
for folder in ('/tmp', '/dev/shm', '/scratch', '/scratch/cache', '/scratch/home'):
    open(folder + '/marker-MINE', 'w').close()
others = []
for _ in range(5):
    time.sleep(0.1)
    for folder in ('/tmp', '/dev/shm', '/scratch', '/scratch/cache', '/scratch/home'):
        others += [p for p in glob.glob(folder + '/marker-*') if not p.endswith('-MINE')]
assert others
"""

ATTACKS = (
    refused("read_gradebook", "all grades", "open('@COURSE@/gradebook.db', 'rb').read()"),
    refused("write_gradebook", "a better grade", "open('@COURSE@/gradebook.db', 'ab')"),
    refused("read_checks", "hidden tests", "open('@COURSE@/lecturer/T01_double/checks.py').read()"),
    refused("see_course", "that it is there", "import os; os.stat('@COURSE@')"),
    refused("read_neighbours", "another's answer", "import os; os.listdir('@COURSE@/submitted')"),
    refused(
        "find_hidden_files",
        "tests, solutions, the gradebook, anywhere",
        f"WANTED = {{'checks.py', 'assignment.toml', 'gradebook.db', 'course.toml'}}\n{LOOK_FOR}",
    ),
    refused(
        "search_own_memory",
        "the hidden test's source in what the fork has inherited",
        f"needle = bytes(b ^ 1 for b in {bytes(b ^ 1 for b in b'doubles_any_number')!r})\n{MEMORY}",
    ),
    refused(
        "environment",
        "passwords in the lecturer's environment",
        "import os\ntext = repr(os.environ) + open('/proc/1/environ').read()\n"
        "assert 'LECTURER_TOKEN' in text",
    ),
    refused(
        "collected_objects",
        "the checks as Python objects",
        "import gc\nfrom tinymledu.course.checks import Check\n"
        "assert [o for o in gc.get_objects() if type(o) is Check]",
    ),
    refused(
        "frames_above",
        "what the frames above hold",
        "import sys\nframe, seen = sys._getframe(), []\nwhile frame:\n"
        "    seen += [type(v).__name__ for v in frame.f_locals.values()]\n"
        "    frame = frame.f_back\n"
        "assert {'Check', 'RemoteStudent'} & set(seen)",
    ),
    refused("signal_grader", "end the grader", "import os; os.kill(@GRADER@, 0)"),
    refused("see_grader", "the grader's process", "import os; os.stat('/proc/@GRADER@/mem')"),
    refused(
        "other_processes",
        "any other process",
        "import os\nassert [n for n in os.listdir('/proc') if n.isdigit()] != ['1']",
    ),
    refused("signal_all", "end everybody", "import os; os.kill(-1, 0)"),
    refused("grader_priority", "slow the grader", "import os; os.setpriority(0, @GRADER@, 19)"),
    refused(
        "inherited_files",
        "a line that the warm parent left open",
        "import os\n"
        "others = [n for n in os.listdir('/proc/self/fd') if int(n) > 3]\n"
        "assert [n for n in others if os.path.exists('/proc/self/fd/' + n)]",
    ),
    refused(
        "abstract_socket",
        "a host's service by an abstract name",
        "import socket; socket.socket(socket.AF_UNIX).connect('\\0tinymledu-arena-@PORT@')",
    ),
    refused(
        "sockets_of_host",
        "which services the host has",
        "assert 'tinymledu-arena' in open('/proc/net/unix').read()",
    ),
    refused("marker_a", "a word to a neighbour", MARKERS.replace("MINE", "a")),
    refused("marker_b", "a word to a neighbour", MARKERS.replace("MINE", "b")),
    refused(
        "bytecode",
        "a changed module for the next student",
        "import pathlib, tinymledu\nfolder = pathlib.Path(tinymledu.__file__).parent\n"
        "(folder / '__pycache__').mkdir(exist_ok=True)\n"
        "(folder / '__pycache__' / 'marker.pyc').write_bytes(b'')",
    ),
)
