/* Requests in, replies out: what a .eim program does, without the sockets. */
#ifndef EIM_ANSWER_H
#define EIM_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "eim_frame.h"
#include "eim_model.h"

/* Sends one reply. It ends in a 0 byte, which one of the clients waits for. */
typedef void (*eim_send)(const char *reply, size_t n_bytes, void *context);

/* A program that serves one client after the other. The caller owns the buffers. */
typedef struct {
    const char *shm_name;      /* NULL where the system gave no shared memory */
    const float *shm_features; /* EIM_N_FEATURES that the client writes */
    float min_score;           /* scores below it are reported as 0; 0 to 1, 0: none */
    eim_frame frame;
    size_t n_bytes; /* of the request so far, those that did not fit into `request` included */
    char *request;   /* EIM_REQUEST_BYTES */
    char *reply;     /* EIM_REPLY_BYTES */
    float *features; /* EIM_N_FEATURES */
} eim_server;

/* A new client begins: what the last one left unfinished is dropped. */
void eim_begin(eim_server *server);

/* Takes bytes as they come from the client, and answers every request that they complete. */
void eim_take(eim_server *server, const char *bytes, size_t n_bytes, eim_send send, void *context);

#endif
