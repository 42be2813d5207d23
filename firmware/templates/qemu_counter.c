/* Counts the instructions of one inference in QEMU: a second opinion on the emulator's count.
 *
 * QEMU runs with -icount, so that its clock advances by a fixed time for each instruction. The
 * first CMSDK timer of the mps2 boards counts that clock down. Timing an empty function as well
 * removes the cost of reading the timer and calling. Results leave through semihosting.
 */
#include <stdint.h>

#include "{{ c_name }}.h"

typedef struct {
    uint32_t control;
    uint32_t value;
    uint32_t reload;
} cmsdk_timer;

void tml_main(void);
void tml_nothing(void);
void tml_infer(void);

__attribute__((aligned(16))) uint8_t tml_arena[{{ macro }}_ARENA_BYTES];

/* One instruction: the return. */
__attribute__((naked)) void tml_nothing(void)
{
    __asm__ volatile("bx lr");
}

__attribute__((noinline)) void tml_infer(void)
{
    {{ c_name }}_run(tml_arena);
}

static uintptr_t semihosting(uintptr_t operation, uintptr_t argument)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void print_hexadecimal(uint32_t value)
{
    char text[10];

    for (int32_t digit = 0; digit < 8; digit++) {
        text[digit] = "0123456789abcdef"[(value >> (28 - 4 * digit)) & 15u];
    }
    text[8] = '\n';
    text[9] = '\0';
    (void)semihosting(4, (uintptr_t)text);
}

/* Not inlined, so that both timings run the same instructions around the call. */
__attribute__((noinline)) static uint32_t ticks_of(void (*volatile function)(void))
{
    volatile cmsdk_timer *const timer = (volatile cmsdk_timer *)0x40000000u;

    timer->reload = UINT32_MAX;
    timer->value = UINT32_MAX;
    timer->control = 1;
    const uint32_t before = timer->value;
    function();
    const uint32_t after = timer->value;

    timer->control = 0;
    return before - after;
}

void tml_main(void)
{
    const uint32_t nothing = ticks_of(tml_nothing);
    const uint32_t inference = ticks_of(tml_infer);

    print_hexadecimal(nothing);
    print_hexadecimal(inference);
    (void)semihosting(0x18, 0x20026);
}
