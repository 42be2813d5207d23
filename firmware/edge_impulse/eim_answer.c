#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "eim_answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "eim_request.h"

#define THRESHOLD_ID 1 /* of the one threshold there is */

typedef struct {
    char *text;
    size_t capacity;
    size_t length;
} reply_text;

/* EIM_REPLY_BYTES is counted from the labels; should it ever be short, the reply is cut. */
__attribute__((format(printf, 2, 3))) static void append(reply_text *reply, const char *format, ...)
{
    const size_t room = reply->capacity - reply->length;
    va_list values;

    va_start(values, format);
    const int n = vsnprintf(reply->text + reply->length, room, format, values);
    va_end(values);
    if (n > 0) {
        reply->length += ((size_t)n < room) ? (size_t)n : room - 1;
    }
}

static long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000000L + now.tv_nsec / 1000L;
}

static void append_hello(reply_text *reply, const eim_server *server)
{
    append(reply, "\"success\":true,");
    if (server->shm_name != NULL) {
        append(reply,
               "\"features_shm\":{\"name\":\"%s\",\"size_bytes\":%zu,\"type\":\"float32\","
               "\"elements\":%zu},",
               server->shm_name, (size_t)EIM_N_FEATURES * sizeof(float), (size_t)EIM_N_FEATURES);
    } else {
        append(reply, "\"features_shm_error\":\"this system gave no shared memory\",");
    }
    append(reply,
           "\"model_parameters\":{%s,\"thresholds\":[{\"id\":%d,\"type\":\"classification\","
           "\"min_score\":%.9g}]},\"project\":%s,\"inferencing_engine\":{\"engine_type\":255,"
           "\"properties\":[]}",
           eim_model_parameters, THRESHOLD_ID, (double)server->min_score, eim_project);
}

static void append_error(reply_text *reply, const char *sentence)
{
    append(reply, "\"success\":false,\"error\":\"%s\"", sentence);
}

static void append_scores(reply_text *reply, const eim_server *server)
{
    append(reply, "\"success\":true,\"result\":{\"classification\":{");
    for (size_t i = 0; i < EIM_N_LABELS; i++) {
        const float score = eim_score(i);
        /* A model without softmax has negative scores: a threshold of 0 leaves them alone. */
        const bool hidden = server->min_score > 0.0f && score < server->min_score;

        append(reply, "%s%s:%.9g", (i > 0) ? "," : "", eim_labels[i],
               hidden ? 0.0 : (double)score);
    }
    append(reply, "}}");
}

static void append_classification(reply_text *reply, const eim_server *server,
                                  const float *features, size_t n_features)
{
    if (n_features != EIM_N_FEATURES) {
        append(reply,
               "\"success\":false,\"error\":\"%zu features were sent; the model takes %zu.\"",
               n_features, (size_t)EIM_N_FEATURES);
        return;
    }
    const long start_us = now_us();
    const size_t n_taken = eim_set_input(features);
    const long middle_us = now_us();

    if (n_taken != EIM_N_FEATURES) {
        append(reply, "\"success\":false,\"error\":\"Feature %zu is not %s.\"", n_taken,
               eim_feature_name);
        return;
    }
    eim_run();
    const long stop_us = now_us();

    append_scores(reply, server);
    append(reply,
           ",\"timing\":{\"dsp\":%ld,\"classification\":%ld,\"anomaly\":0,\"dsp_us\":%ld,"
           "\"classification_us\":%ld}",
           (middle_us - start_us) / 1000, (stop_us - middle_us) / 1000, middle_us - start_us,
           stop_us - middle_us);
}

static void set_threshold(reply_text *reply, eim_server *server, const eim_request *request)
{
    if (request->threshold_id != THRESHOLD_ID) {
        append(reply,
               "\"success\":false,\"error\":\"There is no threshold with id %ld; the only one has "
               "id %d.\"",
               request->threshold_id, THRESHOLD_ID);
    } else if (!(request->min_score >= 0.0 && request->min_score <= 1.0)) {
        append_error(reply, "A threshold is a min_score from 0 to 1.");
    } else {
        server->min_score = (float)request->min_score;
        append(reply, "\"success\":true");
    }
}

static void append_answer(reply_text *reply, eim_server *server, const eim_request *request)
{
    switch (request->verb) {
    case EIM_HELLO:
        append_hello(reply, server);
        break;
    case EIM_CLASSIFY:
        append_classification(reply, server, server->features, request->n_features);
        break;
    case EIM_CLASSIFY_SHM:
        if (server->shm_features == NULL) {
            append_error(reply, "This system gave no shared memory; send classify instead.");
        } else {
            append_classification(reply, server, server->shm_features, request->n_features);
        }
        break;
    case EIM_SET_THRESHOLD:
        set_threshold(reply, server, request);
        break;
    case EIM_CONTINUOUS:
        append_error(reply, "This model takes whole windows; send classify instead.");
        break;
    case EIM_SET_PARAMETER:
        append_error(reply, "This model has no parameter that can be set.");
        break;
    case EIM_UNKNOWN:
        append_error(reply, "The request is none of hello, classify, classify_shm, set_threshold.");
        break;
    }
}

static void answer(eim_server *server, eim_send send, void *context)
{
    reply_text reply = {.text = server->reply, .capacity = EIM_REPLY_BYTES};

    if (server->n_bytes >= EIM_REQUEST_BYTES) {
        append(&reply,
               "{\"id\":0,\"success\":false,\"error\":\"The request has %zu bytes; this model "
               "takes at most %zu.\"}",
               server->n_bytes, (size_t)EIM_REQUEST_BYTES - 1);
    } else {
        server->request[server->n_bytes] = '\0';
        const eim_request request = eim_read_request(server->request, server->n_bytes,
                                                     server->features, EIM_N_FEATURES);

        append(&reply, "{\"id\":%ld,", request.id);
        if (request.well_formed) {
            append_answer(&reply, server, &request);
        } else {
            append_error(&reply, "The request is not JSON with the values it should have.");
        }
        append(&reply, "}");
    }
    send(reply.text, reply.length + 1, context); /* with the 0 byte */
}

void eim_begin(eim_server *server)
{
    server->frame = (eim_frame){0};
    server->n_bytes = 0;
}

void eim_take(eim_server *server, const char *bytes, size_t n_bytes, eim_send send, void *context)
{
    for (size_t i = 0; i < n_bytes; i++) {
        const eim_place place = eim_frame_next(&server->frame, bytes[i]);

        if (place == EIM_BETWEEN) {
            continue;
        }
        if (server->n_bytes < EIM_REQUEST_BYTES) {
            server->request[server->n_bytes] = bytes[i];
        }
        server->n_bytes++;
        if (place == EIM_LAST) {
            answer(server, send, context);
            server->n_bytes = 0;
        }
    }
}
