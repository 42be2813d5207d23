#include "tk_stream.h"

#include <stddef.h>

/* Sample s of the stream lies in the memory at s mod capacity. A push first says in `begun` what
 * it will overwrite, writes, and then says in `written` what is there. So for a window that begins
 * at sample `next`, all differences modulo 2^32,
 *
 *   it is complete      if written - next >= window    before it is copied,
 *   it is still whole   if begun - next   <= capacity  after it was copied.
 *
 * No lock is needed: each count is changed by one side only, and a 32-bit word is read at once. On
 * a processor of 8 or 16 bits it is not: there, push with the interrupts that take are off, or
 * disable them during tk_stream_ready and tk_stream_take.
 *
 * With a hop above the window, `next` may lie ahead of `written`: a difference above 2^31 is a
 * negative one. A reader must therefore come back within 2^31 samples, 37 hours at 16 kHz.
 */

static const uint32_t NEGATIVE = 0x80000000u;

/* How many samples lie from `next` to a count; 0 if it is ahead of the count. */
static uint32_t samples_since(uint32_t next, uint32_t count)
{
    const uint32_t difference = count - next;

    return (difference < NEGATIVE) ? difference : 0;
}

/* n_frames * n_channels, or 0 if it is 0 or above the limit. */
static uint32_t samples_of(uint32_t n_frames, uint32_t n_channels)
{
    const bool fits = (n_channels > 0) && (n_frames <= TK_STREAM_MAX_SAMPLES / n_channels);

    return fits ? n_frames * n_channels : 0;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return (a < b) ? a : b;
}

static void copy(uint8_t *to, const uint8_t *from, uint32_t n_bytes)
{
    (void)__builtin_memcpy(to, from, (size_t)n_bytes);
}

/* Passes over n windows. n * hop stays below 2^31 + hop, since a lag is below 2^31. */
static void advance(tk_stream *stream, uint32_t n)
{
    const uint32_t distance = n * stream->hop;

    stream->next += distance;
    stream->read_at = (stream->read_at + distance % stream->capacity) % stream->capacity;
}

bool tk_stream_init(tk_stream *stream, const tk_stream_shape *shape, void *memory,
                    uint32_t memory_bytes)
{
    const tk_stream empty = {0};
    const uint32_t bytes = shape->sample_bytes;
    const uint32_t window = samples_of(shape->window_frames, shape->n_channels);
    const uint32_t hop = samples_of(shape->hop_frames, shape->n_channels);

    *stream = empty;
    if ((bytes != 1 && bytes != 2 && bytes != 4) || window == 0 || hop == 0
        || memory_bytes / bytes < window) {
        return false;
    }
    stream->memory = memory;
    stream->sample_bytes = bytes;
    stream->capacity = smaller(memory_bytes / bytes, TK_STREAM_MAX_SAMPLES);
    stream->capacity -= stream->capacity % shape->n_channels;
    stream->window = window;
    stream->hop = hop;
    return true;
}

void tk_stream_push(tk_stream *stream, const void *samples, uint32_t n_samples)
{
    const uint32_t n = smaller(n_samples, stream->capacity);
    const uint32_t skipped = n_samples - n;
    const uint32_t bytes = stream->sample_bytes;

    if (n == 0 || n_samples > TK_STREAM_MAX_SAMPLES) {
        return;
    }
    const uint32_t start = (stream->write_at + skipped % stream->capacity) % stream->capacity;
    const uint32_t n_first = smaller(n, stream->capacity - start);
    const uint8_t *from = (const uint8_t *)samples + (size_t)skipped * bytes;

    stream->begun += n_samples;
    __sync_synchronize();
    copy(stream->memory + (size_t)start * bytes, from, n_first * bytes);
    copy(stream->memory, from + (size_t)n_first * bytes, (n - n_first) * bytes);
    __sync_synchronize();
    stream->written = stream->begun;
    stream->write_at = (start + n) % stream->capacity;
}

bool tk_stream_ready(tk_stream *stream)
{
    const uint32_t lag = samples_since(stream->next, stream->begun);

    if (stream->capacity == 0) { /* not initialised with success */
        return false;
    }
    if (lag > stream->capacity) {
        const uint32_t overwritten = lag - stream->capacity;
        const uint32_t n = overwritten / stream->hop + ((overwritten % stream->hop > 0) ? 1 : 0);

        advance(stream, n);
        stream->dropped_windows += n;
    }
    return samples_since(stream->next, stream->written) >= stream->window;
}

bool tk_stream_take(tk_stream *stream, void *window, uint32_t window_bytes)
{
    const uint32_t bytes = stream->sample_bytes;

    if (window_bytes < stream->window * bytes || !tk_stream_ready(stream)) {
        return false;
    }
    const uint32_t n_first = smaller(stream->window, stream->capacity - stream->read_at);
    uint8_t *to = window;

    __sync_synchronize();
    copy(to, stream->memory + (size_t)stream->read_at * bytes, n_first * bytes);
    copy(to + (size_t)n_first * bytes, stream->memory, (stream->window - n_first) * bytes);
    __sync_synchronize();
    if (samples_since(stream->next, stream->begun) > stream->capacity) {
        return false;
    }
    advance(stream, 1);
    return true;
}
