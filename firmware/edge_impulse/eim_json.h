/* A reader of JSON that allocates nothing and never reads past the end of its text. */
#ifndef EIM_JSON_H
#define EIM_JSON_H

#include <stdbool.h>

#define EIM_KEY_BYTES 32 /* longer keys are cut, and so equal none that is known */

/* A place in a text. *end is 0, so that the C library's number reader stops there too. */
typedef struct {
    const char *at;
    const char *end;
} eim_text;

/* Reads the value of one member of an object; false where it is not what it should be. */
typedef bool (*eim_member)(eim_text *text, const char *key, void *context);

/* Each of these moves past a value and the space after it, and returns false where the text has no
 * such value. */
bool eim_read_object(eim_text *text, eim_member member, void *context);
bool eim_read_number(eim_text *text, double *number); /* finite */
bool eim_read_whole(eim_text *text, long *number);    /* -2^31 to 2^31 - 1 */
bool eim_skip_value(eim_text *text);

/* Moves past one character and the space after it, where it is there. */
bool eim_read_mark(eim_text *text, char mark);

#endif
