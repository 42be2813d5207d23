/* Where a request begins and ends in a stream of bytes.
 *
 * Requests are JSON objects, one after the other; one client ends them with a newline, another with
 * nothing. So braces are counted, those in strings left out.
 */
#ifndef EIM_FRAME_H
#define EIM_FRAME_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    EIM_BETWEEN, /* the byte belongs to no request */
    EIM_INSIDE,
    EIM_LAST /* the byte closes the request */
} eim_place;

/* All zero: between requests. */
typedef struct {
    size_t depth; /* of open braces */
    bool in_string;
    bool escaped;
} eim_frame;

/* Where the next byte of the stream lies. */
eim_place eim_frame_next(eim_frame *frame, char byte);

#endif
