/* What a client asks of a .eim program. */
#ifndef EIM_REQUEST_H
#define EIM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    EIM_UNKNOWN,
    EIM_HELLO,
    EIM_CLASSIFY,
    EIM_CLASSIFY_SHM,
    EIM_SET_THRESHOLD,
    EIM_CONTINUOUS,
    EIM_SET_PARAMETER
} eim_verb;

typedef struct {
    eim_verb verb;
    bool well_formed;
    long id;           /* which the reply repeats; 0 where there is none */
    size_t n_features; /* how many were sent, also those beyond the capacity */
    long threshold_id; /* -1 where there is none */
    double min_score;  /* -1 where there is none */
} eim_request;

/* Reads one request of `length` bytes, text[length] being 0.
 *
 * Numbers of classify go to features; what is beyond `capacity` is counted only. */
eim_request eim_read_request(const char *text, size_t length, float *features, size_t capacity);

#endif
