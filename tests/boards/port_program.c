/* A board's program on this computer: protocol.c, with standard input and output as its port. */
#define _POSIX_C_SOURCE 200809L

#include <time.h>
#include <unistd.h>

#include "protocol.h"

void tml_port_write(const char *text, size_t n_bytes)
{
    while (n_bytes > 0) {
        const ssize_t n = write(STDOUT_FILENO, text, n_bytes);

        if (n <= 0) {
            _exit(1);
        }
        text += n;
        n_bytes -= (size_t)n;
    }
}

uint32_t tml_port_micros(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
}

int main(void)
{
    uint8_t byte;

    tml_protocol_begin();
    while (read(STDIN_FILENO, &byte, 1) == 1) {
        tml_protocol_receive(byte);
    }
    return 0;
}
