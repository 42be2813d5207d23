/* {{ model_name }}: a self-test with known answers, then the time of one inference. */
#include <inttypes.h>
#include <stdio.h>

#include "esp_timer.h"

#include "{{ c_name }}.h"

static uint8_t arena[{{ macro }}_ARENA_BYTES] __attribute__((aligned(16)));

void app_main(void)
{
    const int32_t n_wrong = {{ c_name }}_self_test(arena);

    printf("self-test: %" PRId32 " of %d known answers are right\n",
           {{ macro }}_N_KNOWN_ANSWERS - n_wrong, {{ macro }}_N_KNOWN_ANSWERS);

    /* In place of a known input, write your own: {{ input_text }}. */
    {{ c_name }}_known_input(0, arena + {{ macro }}_INPUT_OFFSET);

    const int64_t start_us = esp_timer_get_time();
    {{ c_name }}_run(arena);
    const int64_t stop_us = esp_timer_get_time();

    printf("one inference: %" PRId64 " us\n", stop_us - start_us);
}
