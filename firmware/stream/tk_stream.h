/* Windows of a stream of samples, from a microphone or a sensor, for a model that takes windows.
 *
 * One side pushes samples as they come, such as an interrupt; the other side takes windows. What
 * is not taken in time is overwritten: a window that was lost is counted, and none that is taken
 * has a gap.
 */
#ifndef TK_STREAM_H
#define TK_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TK_STREAM_MAX_SAMPLES 0x40000000u /* of a window, a hop, a push; used of the memory */

/* A frame is one sample of each channel, side by side. */
typedef struct {
    uint32_t n_channels;    /* 1 for a microphone, 3 for an accelerometer */
    uint32_t sample_bytes;  /* 1, 2 or 4 */
    uint32_t window_frames; /* at least 1 */
    uint32_t hop_frames;    /* from the start of a window to that of the next, at least 1 */
} tk_stream_shape;

/* Counts of samples are modulo 2^32. */
typedef struct {
    uint8_t *memory;
    uint32_t sample_bytes;
    uint32_t capacity; /* samples that the memory holds */
    uint32_t window;   /* samples */
    uint32_t hop;      /* samples */

    /* Changed by tk_stream_push only. */
    volatile uint32_t begun;   /* samples pushed, and those that a push is writing now */
    volatile uint32_t written; /* samples pushed */
    uint32_t write_at;         /* where the next sample goes, below capacity */

    /* Changed by the other functions only. */
    uint32_t next;            /* the sample with which the next window begins */
    uint32_t read_at;         /* where it is, below capacity */
    uint32_t dropped_windows; /* overwritten before they were taken */
} tk_stream;

/* Prepares an empty stream on memory that the caller keeps for it; any alignment will do.
 *
 * Windows are lost only if more than memory_bytes minus one window arrive between the moment that
 * a window is complete and the end of its tk_stream_take.
 *
 * Returns false, and leaves a stream that takes in nothing, if a number of the shape is out of its
 * range or the memory is smaller than one window. */
bool tk_stream_init(tk_stream *stream, const tk_stream_shape *shape, void *memory,
                    uint32_t memory_bytes);

/* Takes in up to TK_STREAM_MAX_SAMPLES samples; a frame may come in pieces. If there are more than
 * the memory holds, the last ones stay. */
void tk_stream_push(tk_stream *stream, const void *samples, uint32_t n_samples);

/* Whether a window can be taken. Counts and passes over windows that were overwritten. */
bool tk_stream_ready(tk_stream *stream);

/* Copies the oldest window that is complete, [window_frames][n_channels] in order of time.
 *
 * Returns false, and nothing to be used in `window`, if there is none yet, if window_bytes is less
 * than a window, or if samples that arrived during the copy have overwritten it. */
bool tk_stream_take(tk_stream *stream, void *window, uint32_t window_bytes);

#ifdef __cplusplus
}
#endif

#endif
