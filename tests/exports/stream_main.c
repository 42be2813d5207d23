/* Two models of one program, each on a stream of its own; prints the outputs of each in a line. */
#include <stdio.h>

#include "softmax_rows_beta.h"
#include "softmax_rows_beta_stream.h"
#include "tiny_conv1d_open_batch_int8.h"
#include "tiny_conv1d_open_batch_int8_stream.h"

enum { N_FRAMES = 63, PIECE = 7 };

static uint8_t sensor_arena[TINY_CONV1D_OPEN_BATCH_INT8_ARENA_BYTES] __attribute__((aligned(16)));
static uint8_t rows_arena[SOFTMAX_ROWS_BETA_ARENA_BYTES] __attribute__((aligned(16)));

static void print(const uint8_t *output, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        printf("%d ", (int8_t)output[i]);
    }
}

static void run_sensor(void)
{
    const tiny_conv1d_open_batch_int8_stream_shape shape = {3, 1, 24, 12};
    static uint8_t memory[30 * 3];
    tiny_conv1d_open_batch_int8_stream stream;

    (void)tiny_conv1d_open_batch_int8_stream_init(&stream, &shape, memory, sizeof memory);
    for (uint32_t sent = 0; sent < N_FRAMES * 3; sent += PIECE) {
        uint8_t piece[PIECE];

        for (uint32_t i = 0; i < PIECE; i++) {
            piece[i] = (uint8_t)(sent + i);
        }
        tiny_conv1d_open_batch_int8_stream_push(&stream, piece, PIECE);
        if (tiny_conv1d_open_batch_int8_stream_take(
                &stream, sensor_arena + TINY_CONV1D_OPEN_BATCH_INT8_INPUT_OFFSET,
                TINY_CONV1D_OPEN_BATCH_INT8_INPUT_BYTES)) {
            tiny_conv1d_open_batch_int8_run(sensor_arena);
            print(sensor_arena + TINY_CONV1D_OPEN_BATCH_INT8_OUTPUT_OFFSET,
                  TINY_CONV1D_OPEN_BATCH_INT8_OUTPUT_BYTES);
        }
    }
}

static void run_rows(void)
{
    const softmax_rows_beta_stream_shape shape = {12, 1, 3, 1};
    static uint8_t memory[4 * 12];
    softmax_rows_beta_stream stream;

    (void)softmax_rows_beta_stream_init(&stream, &shape, memory, sizeof memory);
    for (uint32_t sent = 0; sent < N_FRAMES * 12; sent += PIECE) {
        uint8_t piece[PIECE];

        for (uint32_t i = 0; i < PIECE; i++) {
            piece[i] = (uint8_t)(sent + i);
        }
        softmax_rows_beta_stream_push(&stream, piece, PIECE);
        if (softmax_rows_beta_stream_take(&stream, rows_arena + SOFTMAX_ROWS_BETA_INPUT_OFFSET,
                                          SOFTMAX_ROWS_BETA_INPUT_BYTES)) {
            softmax_rows_beta_run(rows_arena);
            print(rows_arena + SOFTMAX_ROWS_BETA_OUTPUT_OFFSET, SOFTMAX_ROWS_BETA_OUTPUT_BYTES);
        }
    }
}

int main(void)
{
    run_sensor();
    printf("\n");
    run_rows();
    printf("\n");
    return 0;
}
