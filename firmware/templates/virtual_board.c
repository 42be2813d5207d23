/* Main program of the virtual {{ title }}, for the model {{ c_name }}.
 *
 * The emulator plays the sensor and the person at the screen: it waits for tml_wait, writes the
 * input into the arena, lets tml_infer run, and reads the output from the arena.
 */
#include <stdint.h>

#include "{{ c_name }}.h"

void tml_main(void);
void tml_wait(void);
void tml_infer(void);

/* Activations, input and output of the model; tml_layout says where the last two lie. */
__attribute__((aligned(16))) uint8_t tml_arena[{{ macro }}_ARENA_BYTES];

__attribute__((section(".vectors.layout"), used)) const uint32_t tml_layout[4];
const uint32_t tml_layout[4] = {
    {{ macro }}_INPUT_OFFSET,
    {{ macro }}_INPUT_BYTES,
    {{ macro }}_OUTPUT_OFFSET,
    {{ macro }}_OUTPUT_BYTES,
};

/* The emulator stops here. A real board would wait for a picture. */
__attribute__((noinline)) void tml_wait(void)
{
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void tml_infer(void)
{
    {{ c_name }}_run(tml_arena);
}

void tml_main(void)
{
    for (;;) {
        tml_wait();
        tml_infer();
    }
}
