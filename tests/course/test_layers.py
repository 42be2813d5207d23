"""Each layer of the jail, one by one: the attack fails because of that layer.

An attack is run three times: in the whole jail; without the other layers that would stop it too,
where it must still fail; and without the layer as well, where it must come through. Each attack is
harmless: it looks, or writes into a folder that the test has made for it.
"""

import ctypes
import json
import os
import shutil
import socket
from dataclasses import dataclass

import layers
import pytest

from tinymledu.course import sandbox, zygote
from tinymledu.course.isolation import linux
from tinymledu.course.isolation.limits import MIB, Limits
from tinymledu.course.runner import run_submission

LIMITS = Limits(
    wall_s=30, cpu_s=20, memory_bytes=200 * MIB, pids=24, scratch_bytes=16 * MIB, cell_s=10
)
CAME_THROUGH = "came through"
SHOWN = "/scratch/cache/shown"


@dataclass(frozen=True)
class Case:
    """`also` are the layers that stop the attack as well. FOLDER, PORT and so on are filled in."""

    layer: str
    code: str
    also: tuple[str, ...] = ()
    name: str = ""
    limits: Limits = LIMITS
    needs: str = ""


def syscall(number, *arguments):
    listed = ", ".join([f"ctypes.c_long({number})", *arguments])
    return f"import ctypes\nassert ctypes.CDLL(None).syscall({listed}) >= 0"


WRITE_MANY = """
for n in range(8):
    with open(f'{n}', 'wb') as file: file.write(bytes(4_000_000))
"""
THREADS = """
import threading, time
threading.stack_size(1 << 16)  # address space is another layer
for _ in range(40): threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
"""
TRACE_A_CHILD = """
import ctypes, os
child = os.fork()
if child == 0:
    os._exit(ctypes.CDLL(None).syscall(ctypes.c_long(101), 0, 0, 0, 0) & 1)
assert os.waitpid(child, 0)[1] == 0
"""
BURN = "import time\nwhile time.process_time() < 4: pass"
ROOT, GROUPS = "uid per jail", "control groups"

CASES = [
    Case("mount namespace", "import os\nos.listdir('/var/lib')", ("Landlock", ROOT)),
    # Without its pid namespace an ordinary user may not mount /proc, so there is no jail to test.
    Case("pid namespace", "import os\nos.stat('/proc/GRADER/status')", needs=ROOT),
    Case("network namespace", "assert 'NAMED' in open('/proc/net/unix').read()", name="list"),
    Case(
        "network namespace",
        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0NAMED')",
        ("Landlock",),
        "abstract_socket",
    ),
    Case(
        "network namespace",
        "import socket\nsocket.create_connection(('127.0.0.1', PORT), 2)",
        ("Landlock", "system call filter"),
        "connect",
    ),
    Case("ipc namespace", syscall(240, "b'QUEUE'", "0", "0", "None"), ("Landlock",)),
    Case("uts namespace", "import os\nassert os.uname().nodename == 'HOST'"),
    Case("read-only mounts", f"open('{SHOWN}/mine', 'w')", ("Landlock",)),
    Case("size of the scratch", WRITE_MANY),
    Case(
        "number of files",
        "import os\nos.makedirs('d')\nfor n in range(21_000): os.mknod(f'd/{n}')",
        ("system call filter",),
    ),
    Case("uid per jail", f"open('{SHOWN}/of_root')", needs=ROOT),
    Case("pids of the group", THREADS, ("number of processes",), needs=GROUPS),
    Case("number of processes", THREADS, ("pids of the group",)),
    Case("memory of the group", "hog = b'x' * 300_000_000", needs=GROUPS),
    Case("address space", "hog = b'x' * 300_000_000", (GROUPS,)),
    Case("processor time", BURN, limits=Limits(cpu_s=1, cell_s=15)),
    Case(
        "file size",
        "open('f', 'wb').write(bytes(20_000_000))",
        ("size of the scratch",),
    ),
    Case("open files", "import os\nfor _ in range(400): os.open('/dev/null', os.O_RDONLY)"),
    Case("message queues", syscall(240, "b'mine'", "0o102", "0o600", "None"), ("Landlock",)),
    Case("locked memory", syscall(149, "ctypes.create_string_buffer(4096)", "4096")),
    Case(
        "capabilities",
        "import socket\nsocket.sethostname('mine')",  # of the jail's own uts namespace
        (ROOT, "system call filter"),
        "host_name",
    ),
    Case("capabilities", f"open('{SHOWN}/of_nobody')", (ROOT,), "read_any_file", needs=ROOT),
    Case(
        "no new privileges",
        f"import subprocess\nassert subprocess.check_output(['{SHOWN}/id', '-u']) == b'0\\n'",
        ("Landlock", "system call filter", "read-only mounts"),
        needs=ROOT,
    ),
    Case(
        "read-only mounts",
        f"import subprocess\nassert subprocess.check_output(['{SHOWN}/id', '-u']) == b'0\\n'",
        ("Landlock", "system call filter", "no new privileges"),
        "set_uid",
        needs=ROOT,
    ),
    Case("Landlock", "open('/leak/secret').read()", ("a leak in the mounts",)),
    Case("system call filter", syscall(272, "0x10000000"), name="unshare"),
    Case("system call filter", TRACE_A_CHILD, name="ptrace"),
    Case("system call filter", syscall(250, "0", "-2", "1"), name="keys"),
    Case("system call filter", "import os\nos.memfd_create('m')", name="memfd"),
    Case("system call filter", syscall(294, "0"), name="inotify"),
    Case("system call filter", "import socket\nsocket.socket()", name="internet"),
    Case("system call filter", syscall(157, "1", "0"), name="death_signal"),
]


@pytest.fixture(scope="module")
def warm():
    isolation = sandbox.available()
    if isolation.level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {isolation.refusal()}")
    if linux.machine() != "x86_64":
        pytest.skip("the system call numbers are those of x86_64")
    patch = pytest.MonkeyPatch()
    patch.setattr(zygote, "_command", layers.zygote_command)
    with zygote.Zygote(tensorflow=False) as parent:
        patch.undo()
        yield parent


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """What the attacks aim at: a service, a message queue, files of root's, a folder."""
    folder = tmp_path_factory.mktemp("host")
    folder.chmod(0o777)
    for name, mode in (("of_root", 0o600), ("of_nobody", 0o000)):
        (folder / name).write_text("secret")
        (folder / name).chmod(mode)
    leaked = tmp_path_factory.mktemp("leaked")
    leaked.chmod(0o755)
    (leaked / "secret").write_text("secret")
    if os.getuid() == 0:
        os.chown(folder / "of_nobody", 65534, 65534)
    shutil.copy(shutil.which("id"), folder / "id")
    (folder / "id").chmod(0o4755)
    queue = f"tinymledu-{os.getpid()}"
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(ctypes.c_long(240), queue.encode(), os.O_CREAT, 0o666, None)
    with socket.socket() as service, socket.socket(socket.AF_UNIX) as named:
        service.bind(("127.0.0.1", 0))
        service.listen()
        named.bind(f"\0tinymledu-layers-{os.getpid()}")
        named.listen()
        yield {
            "GRADER": str(os.getpid()),
            "NAMED": f"tinymledu-layers-{os.getpid()}",
            "PORT": str(service.getsockname()[1]),
            "QUEUE": queue,
            "HOST": os.uname().nodename,
            "FOLDER": str(folder),
            "LEAKED": str(leaked),
        }
    if made >= 0:
        os.close(made)
        libc.syscall(ctypes.c_long(241), queue.encode())


def attempt(warm, host, case, off=()):
    """What comes of a case's attack when the layers `off` are not there."""
    code = f"{case.code}\nprint('{CAME_THROUGH}')"
    for word, meaning in host.items():
        code = code.replace(word, meaning)
    binds = {SHOWN: host["FOLDER"]} | {f"{layers.WITHOUT}{one}": host["LEAKED"] for one in off}
    result = run_submission([code], "", limits=case.limits, readonly_binds=binds, warm=warm)
    cell = result.cells[0]
    return CAME_THROUGH if CAME_THROUGH in cell.output else (cell.error or cell.verdict.name)


def case_id(case):
    return f"{case.layer}-{case.name}".strip("-").replace(" ", "_")


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_attack_fails_because_of_the_layer(warm, host, case):
    present = {layer.name: layer for layer in sandbox.available().layers}
    if case.needs and not present[case.needs].present:
        pytest.skip(f"{case.needs}: {present[case.needs].reason}")

    whole, alone = attempt(warm, host, case), attempt(warm, host, case, case.also)
    without = attempt(warm, host, case, (*case.also, case.layer))

    assert whole != CAME_THROUGH
    assert alone != CAME_THROUGH
    assert without == CAME_THROUGH


def ends_by_itself(process, within_s):
    """Whether a jail that nobody talks to is ended for its time."""
    process.control.settimeout(within_s)
    try:
        return json.loads(process.control.recv(65536))["out_of_time"]
    except TimeoutError:
        return False
    finally:
        process.control.close()  # which ends the jail
        process.channel.close()


def test_wall_time_is_kept_by_the_supervisor_too(warm):
    silent = warm.start("student", Limits(wall_s=0.5))
    assert ends_by_itself(silent, within_s=8)

    extra = {f"{layers.WITHOUT}wall time": ""}
    silent = warm.start("student", Limits(wall_s=0.5), extra=extra)
    assert not ends_by_itself(silent, within_s=2)


def test_every_switch_is_used():
    used = {case.layer for case in CASES} | {one for case in CASES for one in case.also}

    assert used | {"wall time"} == set(layers.OFF)
