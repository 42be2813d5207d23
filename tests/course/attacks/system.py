"""Attacks on the machine: files, mounts, kernel calls, privileges, the network."""

from attacks.case import refused

FILES = [
    ("read_shadow", "password hashes", "open('/etc/shadow').read()"),
    ("read_home", "the lecturer's home", "import os; os.listdir('/root')"),
    ("list_homes", "other people's homes", "import os; os.listdir('/home')"),
    ("list_top", "what else there is", "import os; os.listdir('/')"),
    ("write_usr", "a program for the host", "open('/usr/marker', 'w')"),
    ("write_etc", "a user for the host", "open('/etc/passwd', 'a')"),
    ("write_top", "a file at the top", "open('/marker', 'w')"),
    ("write_dev", "a device file", "open('/dev/marker', 'w')"),
    ("write_cpu", "switch a core off", "open('/sys/devices/system/cpu/online', 'w')"),
    ("write_sysctl", "a kernel setting", "open('/proc/sys/kernel/hostname', 'w')"),
    ("write_sysrq", "reboot", "open('/proc/sysrq-trigger', 'w')"),
    ("write_cgroup", "leave the group", "open('/sys/fs/cgroup/cgroup.procs', 'w')"),
    ("write_package", "change the grader", "import tinymledu; open(tinymledu.__file__, 'a')"),
    ("write_library", "change NumPy for all", "import numpy; open(numpy.__file__, 'a')"),
    ("write_python", "change Python for all", "import sys; open(sys.executable, 'ab')"),
    ("link_library", "replace a library", "import os; os.link('/usr/bin/env', '/usr/bin/x')"),
    ("chmod_library", "open a library", "import os, numpy; os.chmod(numpy.__file__, 0o777)"),
    ("touch_library", "age a library", "import os, numpy; os.utime(numpy.__file__, (1, 1))"),
    ("make_a_device", "the raw disk", "import os; os.mknod('disk', 0o060600, 0xFE00)"),
    ("read_kernel_memory", "kernel memory", "open('/proc/kcore', 'rb').read(1)"),
    ("remove_python", "delete the interpreter", "import os, sys; os.unlink(sys.executable)"),
    ("rmtree_top", "delete all", "import os; os.rename('/usr', '/gone')"),
]

PRIVILEGES = [
    ("become_root", "root", "import os; os.setuid(0)"),
    ("other_group", "root's group", "import os; os.setgroups([0])"),
    (
        "real_time",
        "all processor time",
        "import os; os.sched_setscheduler(0, 1, os.sched_param(9))",
    ),
    ("higher_priority", "precedence", "import os; os.nice(-5)"),
    (
        "raise_cpu_limit",
        "more time",
        "import resource as r; r.setrlimit(r.RLIMIT_CPU, (99999, 99999))",
    ),
    (
        "raise_file_limit",
        "larger files",
        "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (-1, -1))",
    ),
    (
        "start_crash_reporter",
        "a program of root's",
        "import resource as r; r.setrlimit(r.RLIMIT_CORE, (0, 0))",
    ),
    ("set_clock", "another time", "import time; time.clock_settime(0, 0)"),
    ("set_host_name", "another name", "import socket; socket.sethostname('mine')"),
    (
        "sudo",
        "root by sudo",
        "import subprocess; subprocess.run(['sudo', '-n', 'true'], check=True)",
    ),
    (
        "su",
        "root by su",
        "import subprocess; subprocess.run(['su', '-c', 'true'], check=True, stdin=-3)",
    ),
    (
        "set_uid_copy",
        "a set-uid shell",
        "import os, shutil; shutil.copy('/bin/sh', 'sh'); os.chmod('sh', 0o4755)\n"
        "import subprocess\n"
        "assert subprocess.check_output(['./sh', '-pc', 'id -u']).strip() == b'0'",
    ),
    ("crontab", "run later", "import subprocess; subprocess.run(['crontab', '-l'], check=True)"),
]

KERNEL = [
    ("mount", "a mount", "call(165, b'tmpfs', b'/tmp', b'tmpfs', 0, None)"),
    ("umount", "a file behind a mount", "call(166, b'/scratch', 2)"),
    ("new_mount_api", "a mount, the new way", "call(430, b'tmpfs', 0)"),
    ("pivot_root", "another root", "call(155, b'/tmp', b'/tmp')"),
    ("chroot", "another root", "import os; os.chroot('/tmp')"),
    ("unshare_user", "root in a namespace of its own", "call(272, 0x10000000)"),
    ("clone_user", "the same by clone", "call(56, 0x10000011, 0, 0, 0, 0)"),
    (
        "clone3_user",
        "the same by clone3, whose flags no filter sees",
        "flags = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17)\n"
        "pid = call(435, flags, 64)\n"
        "if pid == 0: os._exit(0)",
    ),
    ("setns", "another's namespace", "call(308, os.open('/proc/1/ns/net', 0), 0)"),
    ("x32_unshare", "a call under its x32 number", "call(0x40000000 + 272, 0x10000000)"),
    ("ptrace", "another's memory", "call(101, 0, 0, 0, 0)"),
    ("read_memory", "another's memory", "call(310, 1, 0, 0, 0, 0, 0)"),
    ("pidfd_getfd", "another's file", "call(438, call(434, 1, 0), 3, 0)"),
    ("bpf", "code in the kernel", "call(321, 0, 0, 0)"),
    ("perf", "counters of all", "call(298, (ctypes.c_char * 120)(), 0, -1, -1, 0)"),
    ("io_uring", "calls past the filter", "call(425, 1, (ctypes.c_char * 120)())"),
    ("userfaultfd", "a slow page", "call(323, 1)"),
    ("memfd", "memory without a name", "import os; os.memfd_create('m')"),
    ("memfd_secret", "memory nobody sees", "call(447, 0)"),
    ("shmget", "memory that stays", "call(29, 7141, 1 << 20, 0o1666)"),
    ("semget", "semaphores without end", "call(64, 0, 30000, 0o666)"),
    ("msgget", "messages that stay", "call(68, 7141, 0o1666)"),
    ("message_queue", "a queue that stays", "call(240, b'q', 0o102, 0o666, None)"),
    ("keyring", "the session's keys", "call(250, 0, -3, 1)"),
    ("add_key", "a key that stays", "call(248, b'user', b'k', b'v', 1, -4)"),
    (
        "file_handle",
        "a file by its number",
        "call(303, -100, b'/usr', (ctypes.c_char * 136)(), 0, 0)",
    ),
    ("open_by_handle", "a file by its number", "call(304, 3, (ctypes.c_char * 136)(), 0)"),
    ("fanotify", "every opened file", "call(300, 0, 0)"),
    ("inotify", "when neighbours open a library", "call(294, 0)"),
    (
        "lease",
        "make others wait for a file",
        "import fcntl\nfcntl.fcntl(open('mine', 'w'), 1024, 1)",
    ),
    ("personality", "no random addresses", "call(135, 0x0040000)"),
    ("modify_ldt", "an old door", "call(154, 0, (ctypes.c_char * 16)(), 16)"),
    ("module", "a kernel module", "call(175, b'', 0, b'')"),
    ("kexec", "another kernel", "call(246, 0, 0, None, 0)"),
    ("reboot", "reboot", "call(169, 0xfee1dead, 672274793, 0)"),
    ("swapoff", "no swap", "call(168, b'/dev/vda')"),
    ("syslog", "the kernel's log", "call(103, 3, (ctypes.c_char * 4096)(), 4096)"),
    ("quota", "quotas", "call(179, 0x800001, b'/dev/vda', 0, None)"),
    ("iopl", "ports", "call(172, 3)"),
    ("no_death_signal", "outlive the grader", "call(157, 1, 0, 0, 0, 0)"),
    (
        "type_into_terminal",
        "type into the lecturer's terminal",
        "import fcntl\nfor n in range(4): fcntl.ioctl(n, 0x5412, b'x')",
    ),
]

NETWORK = [
    ("internet_socket", "a connection", "import socket; socket.socket()"),
    ("ipv6_socket", "a connection", "import socket; socket.socket(socket.AF_INET6)"),
    ("raw_packets", "packets", "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    ("netlink", "interfaces", "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
    (
        "vsock",
        "the machine around this one",
        "import socket; socket.socket(40, socket.SOCK_STREAM)",
    ),
    (
        "kernel_crypto",
        "a rare part of the kernel",
        "import socket; socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
    ),
    (
        "download",
        "the internet",
        "import urllib.request as u; u.urlopen('http://127.0.0.1:@PORT@/')",
    ),
    ("keyboard", "a password", "input('password: ')"),
]

ATTACKS = (
    *(refused(*one) for one in (*FILES, *PRIVILEGES, *NETWORK)),
    *(refused(*one, x86=True) for one in KERNEL),
)
