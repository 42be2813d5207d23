/* The lines at hand are a list, the latest used first: a hit moves to the front, a miss pushes the
 * last one out. That is a fully associative cache with least-recently-used replacement.
 */
#include "traffic.h"

enum { WRITE = 17 }; /* UC_MEM_WRITE of unicorn.h */

/* Bits 26..25 and 15..10 of the status register: which instructions an IT makes conditional
 * (Armv7-M Architecture Reference Manual, B1.4.2). */
static const uint32_t it_bits = 0x0600FC00u;

/* Before it calls us, the emulator writes down where in an IT block it is, and takes the note for
 * true when the next block begins: instructions would then be skipped that are not conditional. While a block runs the note has to be zero. Seen in unicorn 2.1.4. */
static void erase_note(const tml_traffic *traffic, void *emulator)
{
    uint32_t status = 0;

    (void)traffic->read_register(emulator, traffic->status_register, &status);
    if ((status & it_bits) != 0u) {
        status &= ~it_bits;
        (void)traffic->write_register(emulator, traffic->status_register, &status);
    }
}

static void read_flash(tml_traffic *traffic, uint32_t address)
{
    const uint32_t line = address / traffic->line_bytes;
    const uint32_t last = traffic->n_lines - 1u;
    uint32_t place = 0;

    while (place < last && traffic->lines[place] != line) {
        place++;
    }
    traffic->flash_misses += (traffic->lines[place] != line) ? 1u : 0u;
    for (; place > 0u; place--) {
        traffic->lines[place] = traffic->lines[place - 1u];
    }
    traffic->lines[0] = line;
}

void tml_count_access(void *emulator, int32_t kind, uint64_t address, int32_t size, int64_t value,
                      void *user_data)
{
    tml_traffic *traffic = user_data;
    const uint32_t start = (uint32_t)address; /* the processor has 32-bit addresses */
    const uint32_t n_bytes = (uint32_t)size;

    (void)value;
    erase_note(traffic, emulator);
    traffic->unaligned += (start % n_bytes != 0u) ? 1u : 0u;
    if (kind == WRITE) {
        traffic->bytes_written += n_bytes;
    } else if (start < traffic->flash_start || start >= traffic->flash_end) {
        traffic->ram_bytes_read += n_bytes;
    } else {
        traffic->flash_reads++;
        traffic->flash_bytes_read += n_bytes;
        read_flash(traffic, start);
    }
}
