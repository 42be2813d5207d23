#include "eim_request.h"

#include <string.h>

#include "eim_json.h"

typedef struct {
    eim_request request;
    float *features;
    size_t capacity;
} reading;

static bool read_features(eim_text *text, reading *all)
{
    double number;

    all->request.n_features = 0;
    if (!eim_read_mark(text, '[')) {
        return false;
    }
    if (eim_read_mark(text, ']')) {
        return true;
    }
    do {
        if (!eim_read_number(text, &number)) {
            return false;
        }
        if (all->request.n_features < all->capacity) {
            all->features[all->request.n_features] = (float)number;
        }
        all->request.n_features++;
    } while (eim_read_mark(text, ','));
    return eim_read_mark(text, ']');
}

static bool member_of_shm(eim_text *text, const char *key, void *context)
{
    reading *all = context;
    long elements;

    if (strcmp(key, "elements") != 0) {
        return eim_skip_value(text);
    }
    if (!eim_read_whole(text, &elements) || elements < 0) {
        return false;
    }
    all->request.n_features = (size_t)elements;
    return true;
}

static bool member_of_threshold(eim_text *text, const char *key, void *context)
{
    reading *all = context;

    if (strcmp(key, "id") == 0) {
        return eim_read_whole(text, &all->request.threshold_id);
    }
    if (strcmp(key, "min_score") == 0) {
        return eim_read_number(text, &all->request.min_score);
    }
    return eim_skip_value(text);
}

static eim_verb verb_of(const char *key)
{
    static const struct {
        const char *key;
        eim_verb verb;
    } verbs[] = {
        {"hello", EIM_HELLO},
        {"classify", EIM_CLASSIFY},
        {"classify_shm", EIM_CLASSIFY_SHM},
        {"set_threshold", EIM_SET_THRESHOLD},
        {"classify_continuous", EIM_CONTINUOUS},
        {"classify_continuous_shm", EIM_CONTINUOUS},
        {"set_parameter", EIM_SET_PARAMETER},
    };

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(key, verbs[i].key) == 0) {
            return verbs[i].verb;
        }
    }
    return EIM_UNKNOWN;
}

static bool member_of_request(eim_text *text, const char *key, void *context)
{
    reading *all = context;
    const eim_verb verb = verb_of(key);

    if (strcmp(key, "id") == 0) {
        return eim_read_whole(text, &all->request.id);
    }
    if (verb == EIM_UNKNOWN) {
        return eim_skip_value(text); /* "debug" and what newer clients may add */
    }
    all->request.verb = verb;
    switch (verb) {
    case EIM_CLASSIFY:
        return read_features(text, all);
    case EIM_CLASSIFY_SHM:
        return eim_read_object(text, member_of_shm, all);
    case EIM_SET_THRESHOLD:
        return eim_read_object(text, member_of_threshold, all);
    default:
        return eim_skip_value(text);
    }
}

eim_request eim_read_request(const char *text, size_t length, float *features, size_t capacity)
{
    reading all = {
        .request = {.verb = EIM_UNKNOWN, .threshold_id = -1, .min_score = -1.0},
        .features = features,
        .capacity = capacity,
    };
    eim_text rest = {text, text + length};

    all.request.well_formed =
        eim_read_object(&rest, member_of_request, &all) && rest.at == rest.end;
    return all.request;
}
