/* Counting what the emulated processor reads and writes, and how often it has to wait for flash.
 * Runs on the computer: the emulator calls tml_count_access at each access to data.
 */
#ifndef TML_TRAFFIC_H
#define TML_TRAFFIC_H

#include <stdint.h>

enum { TML_MAX_LINES = 16 };

/* flash_start, flash_end: addresses of flash, the end exclusive; all other reads are of RAM.
 * line_bytes: what one access to flash brings, a power of two. n_lines: how many of them stay at
 * hand, 1 to TML_MAX_LINES; lines holds their numbers, the latest first.
 * read_register, write_register: the emulator's, for the register that it calls status_register. */
typedef struct {
    uint64_t flash_reads;
    uint64_t flash_bytes_read;
    uint64_t flash_misses; /* reads in a line that was not at hand */
    uint64_t ram_bytes_read;
    uint64_t bytes_written;
    uint64_t unaligned; /* accesses whose address is no multiple of their size */
    uint32_t flash_start;
    uint32_t flash_end;
    uint32_t line_bytes;
    uint32_t n_lines;
    uint32_t lines[TML_MAX_LINES];
    int32_t (*read_register)(void *emulator, int32_t id, void *value);
    int32_t (*write_register)(void *emulator, int32_t id, const void *value);
    int32_t status_register;
} tml_traffic;

/* What the emulator calls; `user_data` is a tml_traffic. `kind` is the emulator's: 17 is a write. */
void tml_count_access(void *emulator, int32_t kind, uint64_t address, int32_t size, int64_t value,
                      void *user_data);

#endif
