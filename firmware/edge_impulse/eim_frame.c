#include "eim_frame.h"

static void inside_string(eim_frame *frame, char byte)
{
    if (frame->escaped) {
        frame->escaped = false;
    } else if (byte == '\\') {
        frame->escaped = true;
    } else if (byte == '"') {
        frame->in_string = false;
    }
}

eim_place eim_frame_next(eim_frame *frame, char byte)
{
    if (frame->in_string) {
        inside_string(frame, byte);
        return EIM_INSIDE;
    }
    if (byte == '{') {
        frame->depth++;
        return EIM_INSIDE;
    }
    if (frame->depth == 0) {
        return EIM_BETWEEN;
    }
    if (byte == '"') {
        frame->in_string = true;
    } else if (byte == '}') {
        frame->depth--;
    }
    return (frame->depth == 0) ? EIM_LAST : EIM_INSIDE;
}
