"""Run a command in a new, empty network namespace with its loopback interface switched on.

`unshare --net COMMAND` leaves a process with no network at all, not even 127.0.0.1, which tests of
downloads and JupyterLab use for servers of their own.
"""

import fcntl
import os
import socket
import struct
import sys

SIOCSIFFLAGS = 0x8914  # linux/sockios.h
IFF_UP_AND_RUNNING = 0x41  # linux/if.h


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", IFF_UP_AND_RUNNING)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
