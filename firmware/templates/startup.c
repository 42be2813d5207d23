/* Start-up code for the {{ title }}: what runs between reset and tml_main.
 *
 * Order: copy .data from flash, clear .bss{% if fpu %}, switch the floating-point unit on{% endif %}, call tml_main.
 * memcpy and memset are here because compilers call them even in code that does not.
 */
#include <stddef.h>
#include <stdint.h>

/* Addresses that the linker script defines; only their addresses mean something. */
extern uint32_t tml_stack_top[];
extern uint32_t tml_data_load[];
extern uint32_t tml_data_start[];
extern uint32_t tml_data_end[];
extern uint32_t tml_bss_start[];
extern uint32_t tml_bss_end[];

void tml_main(void);
void tml_reset(void);
void *memcpy(void *restrict target, const void *restrict source, size_t n_bytes);
void *memset(void *target, int value, size_t n_bytes);

/* The processor loads its stack pointer from the first word and starts at the second. */
__attribute__((section(".vectors"), used)) const uintptr_t tml_vectors[2];
const uintptr_t tml_vectors[2] = {(uintptr_t)tml_stack_top, (uintptr_t)tml_reset};

void *memcpy(void *restrict target, const void *restrict source, size_t n_bytes)
{
    uint8_t *to = target;
    const uint8_t *from = source;

    for (size_t i = 0; i < n_bytes; i++) {
        to[i] = from[i];
    }
    return target;
}

void *memset(void *target, int value, size_t n_bytes)
{
    uint8_t *to = target;

    for (size_t i = 0; i < n_bytes; i++) {
        to[i] = (uint8_t)value;
    }
    return target;
}

void tml_reset(void)
{
    const uint32_t *from = tml_data_load;

    for (uint32_t *to = tml_data_start; to != tml_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = tml_bss_start; to != tml_bss_end; to++) {
        *to = 0;
    }
{% if fpu %}
    /* Coprocessor access control register: full access to the floating-point unit. */
    volatile uint32_t *const access = (volatile uint32_t *)0xE000ED88u;

    *access |= UINT32_C(0xF) << 20;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
{% endif %}
    tml_main();
}
