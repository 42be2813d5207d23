/* {{ model_name }}: a self-test with known answers, then the time of one inference. */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "{{ c_name }}.h"

static uint8_t arena[{{ macro }}_ARENA_BYTES] __aligned(16);

int main(void)
{
    const int32_t n_wrong = {{ c_name }}_self_test(arena);

    printk("self-test: %d of %d known answers are right\n",
           (int)({{ macro }}_N_KNOWN_ANSWERS - n_wrong), {{ macro }}_N_KNOWN_ANSWERS);

    /* In place of a known input, write your own: {{ input_text }}. */
    {{ c_name }}_known_input(0, arena + {{ macro }}_INPUT_OFFSET);

    const uint32_t start = k_cycle_get_32();
    {{ c_name }}_run(arena);
    const uint32_t stop = k_cycle_get_32();

    printk("one inference: %u us\n", (unsigned int)k_cyc_to_us_floor32(stop - start));
    return 0;
}
