#include "eim_json.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static char here(const eim_text *text)
{
    return (text->at < text->end) ? *text->at : '\0';
}

static void skip_space(eim_text *text)
{
    while (here(text) == ' ' || here(text) == '\t' || here(text) == '\n' || here(text) == '\r') {
        text->at++;
    }
}

bool eim_read_mark(eim_text *text, char mark)
{
    if (here(text) != mark) {
        return false;
    }
    text->at++;
    skip_space(text);
    return true;
}

/* A string, its first bytes in `start`; escapes stay as they are, since no known key has one. */
static bool read_string(eim_text *text, char *start, size_t capacity)
{
    size_t length = 0;

    if (here(text) != '"') {
        return false;
    }
    text->at++;
    while (text->at < text->end && *text->at != '"') {
        if (*text->at == '\\' && text->at + 1 < text->end) {
            text->at++;
        }
        if (length + 1 < capacity) {
            start[length++] = *text->at;
        }
        text->at++;
    }
    start[length] = '\0';
    return eim_read_mark(text, '"');
}

static bool skip_digits(eim_text *text)
{
    const char *first = text->at;

    while (here(text) >= '0' && here(text) <= '9') {
        text->at++;
    }
    return text->at > first;
}

static bool skip_number(eim_text *text)
{
    if (here(text) == '-') {
        text->at++;
    }
    if (!skip_digits(text)) {
        return false;
    }
    if (here(text) == '.') {
        text->at++;
        if (!skip_digits(text)) {
            return false;
        }
    }
    if (here(text) == 'e' || here(text) == 'E') {
        text->at++;
        if (here(text) == '-' || here(text) == '+') {
            text->at++;
        }
        return skip_digits(text);
    }
    return true;
}

bool eim_read_number(eim_text *text, double *number)
{
    const char *first = text->at;

    /* strtod alone would take "nan", "inf" and hexadecimal digits. */
    if (!skip_number(text)) {
        return false;
    }
    *number = strtod(first, NULL);
    skip_space(text);
    return isfinite(*number) != 0;
}

bool eim_read_whole(eim_text *text, long *number)
{
    double value;

    if (!eim_read_number(text, &value) || value != floor(value) || value < INT32_MIN
        || value > INT32_MAX) {
        return false;
    }
    *number = (long)value;
    return true;
}

/* true, false, null */
static bool skip_word(eim_text *text)
{
    const char *first = text->at;

    while (here(text) >= 'a' && here(text) <= 'z') {
        text->at++;
    }
    skip_space(text);
    return text->at > first;
}

static bool skip_plain(eim_text *text)
{
    char unused[1];
    double number;

    if (here(text) == '"') {
        return read_string(text, unused, sizeof unused);
    }
    if (here(text) == '-' || (here(text) >= '0' && here(text) <= '9')) {
        return eim_read_number(text, &number);
    }
    return skip_word(text);
}

/* Nothing reads what is skipped, so that brackets are counted and not matched by kind: no nesting,
 * however deep, takes stack. */
bool eim_skip_value(eim_text *text)
{
    size_t depth = 0;

    do {
        if (eim_read_mark(text, '{') || eim_read_mark(text, '[')) {
            depth++;
        } else if (depth > 0 && (eim_read_mark(text, '}') || eim_read_mark(text, ']'))) {
            depth--;
        } else if (depth > 0 && (eim_read_mark(text, ',') || eim_read_mark(text, ':'))) {
            continue;
        } else if (!skip_plain(text)) {
            return false;
        }
    } while (depth > 0);
    return true;
}

bool eim_read_object(eim_text *text, eim_member member, void *context)
{
    char key[EIM_KEY_BYTES];

    if (!eim_read_mark(text, '{')) {
        return false;
    }
    if (eim_read_mark(text, '}')) {
        return true;
    }
    do {
        if (!read_string(text, key, sizeof key) || !eim_read_mark(text, ':')
            || !member(text, key, context)) {
            return false;
        }
    } while (eim_read_mark(text, ','));
    return eim_read_mark(text, '}');
}
