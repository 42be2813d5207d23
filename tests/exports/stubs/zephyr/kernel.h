/* What the exported main.c uses of Zephyr. */
#include <stdint.h>

#define __aligned(x) __attribute__((aligned(x)))

uint32_t k_cycle_get_32(void);
uint32_t k_cyc_to_us_floor32(uint32_t cycles);
