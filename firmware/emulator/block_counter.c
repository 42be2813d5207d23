/* A hash table of blocks, searched from the slot that the address gives to the next free one.
 *
 * The table is at most half full, so a search ends. Address and size together name a block: the
 * emulator cuts the same code differently where it was told to stop.
 */
#include "block_counter.h"

/* 2^32 / golden ratio, odd: neighbouring addresses land far apart. Source: Knuth, The Art of
 * Computer Programming, volume 3, section 6.4. */
static const uint32_t multiplier = 2654435769u;

static uint32_t slot_of(const tml_block_counter *counter, uint32_t address, uint32_t size)
{
    const uint32_t mask = counter->n_slots - 1u;
    uint32_t slot = ((address * multiplier) >> 12) & mask;

    while (counter->slots[slot].times != 0u
           && (counter->slots[slot].address != address || counter->slots[slot].size != size)) {
        slot = (slot + 1u) & mask;
    }
    return slot;
}

/* The block before this one branched unless this one follows it in memory. */
static void settle_last(tml_block_counter *counter, uint32_t address)
{
    if (counter->last >= 0) {
        tml_block *last = &counter->slots[counter->last];

        last->taken += (last->address + last->size != address) ? 1u : 0u;
    }
}

void tml_count_block(void *emulator, uint64_t address, uint32_t size, void *user_data)
{
    tml_block_counter *counter = user_data;
    const uint32_t start = (uint32_t)address; /* the processor has 32-bit addresses */
    const uint32_t slot = slot_of(counter, start, size);
    tml_block *block = &counter->slots[slot];

    settle_last(counter, start);
    if (block->times == 0u) {
        if (counter->n_used >= counter->n_slots / 2u) {
            counter->is_full = 1;
            (void)counter->stop(emulator);
            return;
        }
        counter->n_used++;
        block->address = start;
        block->size = size;
    }
    block->times++;
    counter->last = (int32_t)slot;
    counter->bytes_left -= (int64_t)size;
    if (counter->bytes_left < 0) {
        (void)counter->stop(emulator);
    }
}
