/* Runs one model of a list over the inputs on stdin, and writes the outputs to stdout.
 *
 * The list, models.h and models.inc, is written by host_program.py. The arena comes from malloc, with
 * exactly the bytes the model asks for, so that the address sanitizer sees every step outside; it
 * is filled with junk before each inference, so that nothing may rely on what was there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models.h"

typedef struct {
    void (*run)(uint8_t *arena);
    size_t arena_bytes;
    size_t input_offset;
    size_t input_bytes;
    size_t output_offset;
    size_t output_bytes;
} model;

static const model models[] = {
#include "models.inc"
};

int main(int argc, char **argv)
{
    const model *chosen = &models[(argc > 1) ? atoi(argv[1]) : 0];
    uint8_t *arena = malloc(chosen->arena_bytes);
    uint8_t *input = malloc(chosen->input_bytes);

    if (arena == NULL || input == NULL) {
        return 1;
    }
    while (fread(input, 1, chosen->input_bytes, stdin) == chosen->input_bytes) {
        memset(arena, 0xA5, chosen->arena_bytes);
        memcpy(arena + chosen->input_offset, input, chosen->input_bytes);
        chosen->run(arena);
        fwrite(arena + chosen->output_offset, 1, chosen->output_bytes, stdout);
    }
    free(input);
    free(arena);
    return 0;
}
