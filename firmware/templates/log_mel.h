/* Log-mel features of one frame of {{ n }} samples at {{ rate_hz }} Hz: int16 in, int16 out.
 *
 * Write the frame at LOG_MEL_INPUT_OFFSET of an arena aligned to 16, call log_mel_run, and read
 * {{ n_mels }} values, log2 of a power in units of 2^-10, at LOG_MEL_OUTPUT_OFFSET.
 */
#ifndef LOG_MEL_H
#define LOG_MEL_H

#include <stdint.h>

#define LOG_MEL_ARENA_BYTES {{ arena_bytes }}
#define LOG_MEL_INPUT_OFFSET 0
#define LOG_MEL_INPUT_BYTES {{ input_bytes }}
#define LOG_MEL_OUTPUT_OFFSET {{ output_offset }}
#define LOG_MEL_OUTPUT_BYTES {{ output_bytes }}

/* The frame in the arena does not survive. */
void log_mel_run(uint8_t *arena);

#endif
