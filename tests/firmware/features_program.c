/* Runs one function on what stands in stdin, until it ends, and writes what it gives to stdout.
 *
 *   features   a frame, log_mel_run, its features
 *   fft        real and imaginary parts, tk_fft_q15, the same
 *   multiply   two numbers, tk_multiply_q15, their product
 *
 * log_mel.c is included, not linked: its plan is nobody else's to see.
 */
#include <stdio.h>
#include <string.h>

#include "log_mel.c"

/* Behind the arena lies nothing that may be written: the sanitizer watches. */
static uint8_t arena[LOG_MEL_ARENA_BYTES] __attribute__((aligned(16)));

static int write_out(const void *from, size_t n_bytes)
{
    return fwrite(from, n_bytes, 1, stdout) == 1;
}

int main(int n_arguments, char **arguments)
{
    const char *what = (n_arguments > 1) ? arguments[1] : "features";
    int16_t *re = (int16_t *)(void *)arena;
    size_t n_bytes = LOG_MEL_INPUT_BYTES;

    if (strcmp(what, "fft") == 0) {
        n_bytes *= 2;
    } else if (strcmp(what, "multiply") == 0) {
        n_bytes = 4;
    }
    while (fread(arena, n_bytes, 1, stdin) == 1) {
        int written;

        if (strcmp(what, "fft") == 0) {
            tk_fft_q15(&plan, re, re + plan.n);
            written = write_out(re, n_bytes);
        } else if (strcmp(what, "multiply") == 0) {
            const int16_t product = tk_multiply_q15(re[0], re[1]);

            written = write_out(&product, sizeof product);
        } else {
            log_mel_run(arena);
            written = write_out(arena + LOG_MEL_OUTPUT_OFFSET, LOG_MEL_OUTPUT_BYTES);
        }
        if (!written) {
            return 1;
        }
    }
    return 0;
}
