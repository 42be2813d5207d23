/* Counting the basic blocks that the emulated processor executes. Runs on the computer, not on a
 * board: the emulator calls tml_count_block before each block.
 *
 * No state but what the caller owns, so several emulators count side by side.
 */
#ifndef TML_BLOCK_COUNTER_H
#define TML_BLOCK_COUNTER_H

#include <stdint.h>

/* Straight-line code. times == 0 marks a free slot. */
typedef struct {
    uint32_t address;
    uint32_t size;  /* bytes */
    uint64_t times; /* how often it ran */
    uint64_t taken; /* how often the code after it was elsewhere: a branch that was taken */
} tml_block;

/* bytes_left: code that may still run; below 0 the emulator is stopped.
 * last: slot of the block that runs now, -1 before the first.
 * n_slots: a power of two, at least 2. At most half of the slots are used. */
typedef struct {
    tml_block *slots;
    int32_t (*stop)(void *emulator);
    int64_t bytes_left;
    uint32_t n_slots;
    uint32_t n_used;
    int32_t last;
    int32_t is_full; /* 1 when a block found no slot and the emulator was stopped */
} tml_block_counter;

/* What the emulator calls; `user_data` is a tml_block_counter. */
void tml_count_block(void *emulator, uint64_t address, uint32_t size, void *user_data);

#endif
