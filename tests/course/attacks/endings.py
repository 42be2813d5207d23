"""Ways to end, or leave, the process that the grader listens to."""

from attacks.case import HONEST, Attack


def ended(name, tries, code, says=""):
    return Attack(name, tries, f"{HONEST}\n{code}", points=(0,), verdicts=("failed",), says=says)


ATTACKS = (
    ended("exit_0", "an end that looks good", "import os; os._exit(0)", "exit status 0"),
    ended("exit_3", "an end", "import os; os._exit(3)", "exit status 3"),
    ended("segfault", "a crash", "import ctypes; ctypes.string_at(0)", "crashed (SIGSEGV)"),
    ended("abort", "a crash and a core file", "import os; os.abort()", "crashed"),
    ended("close_line", "silence", "import os; os.closerange(3, 100)", "exit status 1"),
    ended("exec", "another program", "import os; os.execv('/bin/true', ['true'])", "exit status 0"),
    ended(
        "exec_sleep",
        "another program that stays",
        "import os; os.execv('/bin/sleep', ['sleep', '60'])",
        "closed its line",
    ),
    ended(
        "exec_in_a_thread",
        "to outlive the grader: such a process has no death signal",
        "import os, threading, time\n"
        "threading.Thread(target=lambda: os.execv('/bin/sleep', ['sleep', '60'])).start()\n"
        "time.sleep(60)",
        "closed its line",
    ),
    ended(
        "child_keeps_line",
        "a child that goes on after its parent",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    import time; time.sleep(60)\n"
        "os._exit(0)",
        "exit status 0",
    ),
    ended(
        "int80",
        "a call by the old door",
        "import ctypes, mmap\npage = mmap.mmap(-1, 4096, prot=7)\n"
        "page.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\n"
        "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(address)()",
        "crashed (SIGSYS)",
    ),
    Attack("system_exit", "an end of the notebook", f"{HONEST}\nimport sys; sys.exit(0)"),
    Attack("kill_all", "everybody's end", f"{HONEST}\nimport os; os.kill(-1, 9)"),
    Attack(
        "exit_in_call",
        "an end inside a check",
        "import os\ndef double(x): os._exit(0)",
        points=(0,),
        verdicts=("failed",),
    ),
)
