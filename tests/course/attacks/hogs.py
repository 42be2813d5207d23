"""Attacks on what all share: time, memory, processes, space, patience."""

import textwrap

from attacks.case import FRAME, FULL, OUT_OF_TIME, WRONG, Attack, survives

SPIN = "while True:\n    try:\n        while True: sum(range(1000))\n    except BaseException: pass"


def endless(name, tries, code):
    """What cannot be interrupted ends with its time and earns nothing."""
    return Attack(name, tries, WRONG + code, points=(0,), verdicts=OUT_OF_TIME, slow=True)


FORKS = """
import os, time
try:
    for _ in range(500):
        if os.fork() == 0:
            BODY
            os._exit(0)
except OSError: pass
"""


def forks(body):
    return FORKS.replace("BODY", body.replace("\n", "\n            "))


ATTACKS = (
    survives("loop", "time", "while True: pass"),
    endless("stubborn_loop", "time, and catches what interrupts it", SPIN),
    endless(
        "no_alarm",
        "time, with the alarm blocked",
        f"import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n{SPIN}",
    ),
    endless("regular_expression", "time, in C", "import re\nre.match('(a+)+$', 'a' * 50 + 'b')"),
    endless("huge_power", "time, in C", "x = 9 ** 9 ** 9"),
    endless(
        "sleeper",
        "patience, without using time",
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n"
        "time.sleep(10_000)",
    ),
    endless(
        "half_a_message",
        "patience of the grader",
        f"""\
{FRAME}os.write(3, b'\\0\\1\\0\\0')
{SPIN}
""",
    ),
    Attack(
        "endless_call",
        "time, in an answer",
        "def double(x):\n    while True: pass",
        points=(0,),
        verdicts=OUT_OF_TIME,
        slow=True,
    ),
    survives(
        "background_thread",
        "time after the end",
        f"import threading\ndef spin():\n{textwrap.indent(SPIN, '    ')}\n"
        "threading.Thread(target=spin).start()",
    ),
    survives("fork_bomb", "all processes", forks("time.sleep(60)")),
    survives(
        "busy_fork_bomb",
        "all processor time",
        forks("while True: pass"),
        points=(0, FULL),
        slow=True,
    ),
    survives(
        "forking_children",
        "all processes, in generations",
        """\
import os
for _ in range(30):
    try: os.fork() or os.setsid()
    except OSError: break
if os.getpid() != 1:
    import time; time.sleep(60)
""",
        points=(0, FULL),
    ),
    survives("zombies", "the table of processes", forks("pass")),
    survives(
        "stopped_children",
        "processes that do not end",
        forks("import signal; os.kill(os.getpid(), signal.SIGSTOP)"),
        slow=True,
    ),
    survives(
        "daemon",
        "to stay",
        """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
    ),
    survives(
        "threads",
        "all threads",
        """\
import threading, time
try:
    while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError: pass
""",
    ),
    survives(
        "memory",
        "all memory",
        """\
hog = []
while True: hog.append(bytearray(10_000_000))
""",
        points=(0, FULL),
    ),
    survives(
        "reserved_memory",
        "all addresses",
        """\
import mmap
hog = []
try:
    while len(hog) < 60_000: hog.append(mmap.mmap(-1, 1 << 30))
except (OSError, ValueError): del hog
""",
    ),
    survives(
        "memory_of_many",
        "all memory, by many processes",
        forks("hog = b'x' * 200_000_000; time.sleep(2)"),
        points=(0, FULL),
        slow=True,
    ),
    survives(
        "large_array",
        "all memory, at once",
        """\
import numpy as np
try: hog = np.ones(10**12)
except MemoryError: pass
""",
    ),
    survives(
        "pipes",
        "memory of the kernel",
        """\
import os, fcntl
hog = []
try:
    while True:
        r, w = os.pipe()
        hog += [r, w]
        os.set_blocking(w, False)
        os.write(w, bytes(65536))
except OSError: [os.close(n) for n in hog]
""",
    ),
    survives(
        "socket_buffers",
        "memory of the kernel",
        """\
import socket
hog = []
try:
    while True:
        a, b = socket.socketpair()
        hog += [a, b]
        a.setblocking(False)
        a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
        for _ in range(100): a.send(bytes(1 << 16))
except OSError: del hog
""",
        slow=True,
    ),
    survives(
        "open_files",
        "all open files",
        """\
hog = []
try:
    while True: hog.append(open('/dev/null'))
except OSError: del hog
""",
    ),
    survives(
        "files_on_the_way",
        "files kept by the line to the grader",
        f"""\
{FRAME}
import array
line = socket.socket(fileno=os.dup(3))
line.setblocking(True)
nulls = [os.open('/dev/null', 0) for _ in range(100)]
body = json.dumps({{'cell': {{}}}}).encode()
body = struct.pack('>I', len(body)) + body
files = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', nulls))]
for _ in range(3): line.sendmsg([body], files)
""",
        points=(0, FULL),
    ),
    survives(
        "disk",
        "all space",
        """\
for folder in ('/tmp', '/scratch/work', '/dev/shm', '/scratch/home'):
    try:
        with open(folder + '/fill', 'wb') as file:
            while True: file.write(bytes(1_000_000))
    except OSError: pass
""",
    ),
    survives(
        "sparse_file",
        "a file of 1 TB",
        """\
try: open('sparse', 'wb').truncate(10**12)
except OSError: pass
""",
    ),
    survives(
        "many_files",
        "all inodes",
        """\
try:
    for n in range(100_000): open(f'/tmp/{n}', 'w').close()
except OSError: pass
""",
    ),
    survives(
        "deep_folders",
        "a path without end",
        """\
import os
try:
    while True:
        os.mkdir('d')
        os.chdir('d')
except OSError: os.chdir('/scratch/work')
""",
        points=(0, FULL),
        slow=True,
    ),
    survives(
        "many_links",
        "all names",
        """\
import os
open('f', 'w').close()
try:
    for n in range(100_000): os.link('f', f'l{n}')
except OSError: pass
""",
    ),
    survives(
        "attributes",
        "memory of the kernel",
        """\
import os
try:
    for n in range(100_000): os.setxattr('/tmp', f'user.{n}', bytes(60_000))
except OSError: pass
""",
    ),
    survives(
        "deleted_files",
        "space without a name",
        """\
import os
hog = []
try:
    while True:
        hog.append(open('x', 'wb'))
        hog[-1].write(bytes(10_000_000))
        os.unlink('x')
except OSError: hog.clear()
""",
    ),
    survives("output", "a feedback of 100 MB", "for _ in range(1000): print('x' * 100_000)"),
    survives(
        "program_output",
        "a feedback of 20 MB",
        """\
!head -c 20000000 /dev/zero | tr '\\0' 'y'
""",
    ),
    survives(
        "error_output",
        "a feedback of 50 MB",
        """\
import sys
for _ in range(500): sys.stderr.write('\\x1b[2J' * 20_000)
""",
    ),
    survives(
        "deep_recursion",
        "the stack",
        """\
import sys
sys.setrecursionlimit(10**7)
def f(n): return f(n + 1)
try: f(0)
except RecursionError: pass
""",
        points=(0, FULL),
    ),
    survives(
        "slow_bytes",
        "the grader's own time",
        f"""\
{FRAME}
line = socket.socket(fileno=os.dup(3))
line.setblocking(True)
body = json.dumps({{'cell': {{'output': 'x' * 20_000}}}}).encode()
for byte in struct.pack('>I', len(body)) + body: line.send(bytes([byte]))
""",
        points=(0, FULL),
    ),
)
