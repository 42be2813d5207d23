/* Runs a script of the tests on the stream and the smoother: one command in a line.
 *
 * Memory is allocated with exactly the bytes that are promised, so that the sanitizers see every
 * byte beside it. A fence is where an interrupt, or another core, may come in between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fence(void);

#define __sync_synchronize fence
#include "tk_smoother.c"
#include "tk_stream.c"

static tk_stream stream;
static uint32_t sample_bytes;
static uint32_t window_bytes;
static uint32_t n_pushed;

static int inside;          /* a fence, so that no interrupt comes within another */
static unsigned countdown;  /* fences until one of the following; 0 for never */
static uint32_t n_arriving; /* samples to push at that fence; 0 to take a window there */

static void push(uint32_t n)
{
    uint8_t *samples = malloc((size_t)n * sample_bytes);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t value = n_pushed++; /* its lowest bytes, on a little-endian computer */
        memcpy(samples + i * sample_bytes, &value, sample_bytes);
    }
    tk_stream_push(&stream, samples, n);
    free(samples);
}

static void take(uint32_t missing_bytes)
{
    const uint32_t n_bytes = window_bytes - missing_bytes;
    uint8_t *window = malloc(n_bytes);
    const bool taken = tk_stream_take(&stream, window, n_bytes);

    printf("%d %u", taken, (unsigned)stream.dropped_windows);
    for (uint32_t i = 0; taken && i < n_bytes; i += sample_bytes) {
        uint32_t value = 0;
        memcpy(&value, window + i, sample_bytes);
        printf(" %u", (unsigned)value);
    }
    printf("\n");
    free(window);
}

static void fence(void)
{
    if (inside || countdown == 0 || --countdown > 0) {
        return;
    }
    inside = 1;
    if (n_arriving > 0) {
        push(n_arriving);
    } else {
        take(0);
    }
    inside = 0;
}

int main(void)
{
    char command[16];
    unsigned a, b, c, d, e;
    int score, n_history, threshold, n_refractory;
    uint8_t *memory = NULL;
    int16_t *history = NULL;
    tk_smoother smoother;

    while (scanf("%15s", command) == 1) {
        if (!strcmp(command, "init") && scanf("%u%u%u%u%u", &a, &b, &c, &d, &e) == 5) {
            const tk_stream_shape shape = {a, b, c, d};
            free(memory);
            memory = malloc(e);
            n_pushed = 0;
            sample_bytes = (b == 0 || b > 4) ? 1 : b;
            window_bytes = a * b * c;
            printf("%d\n", tk_stream_init(&stream, &shape, memory, e));
        } else if (!strcmp(command, "age") && scanf("%u", &a) == 1) {
            stream.begun = stream.written = stream.next = a;
        } else if (!strcmp(command, "fence") && scanf("%u%u", &countdown, &n_arriving) == 2) {
        } else if (!strcmp(command, "push") && scanf("%u", &a) == 1) {
            push(a);
        } else if (!strcmp(command, "take") && scanf("%u", &a) == 1) {
            take(a);
        } else if (!strcmp(command, "smoother")
                   && scanf("%d%d%d", &n_history, &threshold, &n_refractory) == 3) {
            free(history);
            history = malloc((size_t)n_history * sizeof *history);
            tk_smoother_init(&smoother, history, (uint16_t)n_history, (int16_t)threshold,
                             (uint16_t)n_refractory);
        } else if (!strcmp(command, "score") && scanf("%d", &score) == 1) {
            printf("%d\n", tk_smoother_push(&smoother, (int16_t)score));
        } else {
            return 2;
        }
    }
    free(memory);
    free(history);
    return 0;
}
