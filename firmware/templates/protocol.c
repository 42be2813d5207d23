/* The board's side of the protocol in protocol.h, for {{ model_name }}.
 *
 * Written by tinymledu {{ version }} from a .tflite file with SHA-256
 * {{ model_sha256 }}.
 *
 * Nothing that arrives is trusted: a command that is too long is dropped whole, every number has a
 * limit, and bytes beyond the end of the input are not stored.
 */
#include "protocol.h"

#include <stdbool.h>
#include <string.h>

#include "{{ c_name }}.h"

enum {
    COMMAND_BYTES = 80, /* the longest command there is has 65 */
    LINE_BYTES = 64,
    MOST_INFERENCES = 10000
};

#define INPUT_BYTES ((uint32_t){{ macro }}_INPUT_BYTES)
#define OUTPUT_BYTES ((uint32_t){{ macro }}_OUTPUT_BYTES)

/* {{ wire_note }} */
#define WIRE_FLIP {{ wire_flip }}u

typedef {{ output_c_type }} output_element;

static __attribute__((aligned(16))) uint8_t arena[{{ macro }}_ARENA_BYTES];

/* Kept apart from the arena, because an inference overwrites its input there. */
static uint8_t input[{{ macro }}_INPUT_BYTES];
static uint32_t n_input_bytes; /* that have arrived */
static bool has_output;

static char command[COMMAND_BYTES + 1];
static uint8_t n_command_bytes;
static bool command_is_damaged;

static char line[LINE_BYTES];
static uint8_t n_line_bytes;

/* ---- Writing ---- */

static void send(void)
{
    tml_port_write(line, n_line_bytes);
    n_line_bytes = 0;
}

static void put(const char *text)
{
    for (; *text != '\0'; text++) {
        if (n_line_bytes == LINE_BYTES) {
            send();
        }
        line[n_line_bytes++] = *text;
    }
}

static void put_line(const char *text)
{
    put(text);
    put("\r\n");
    send();
}

static void put_number(uint32_t value)
{
    char digits[11];
    uint8_t first = sizeof digits - 1;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value > 0);
    put(&digits[first]);
}

static void put_hexadecimal(uint8_t byte)
{
    const char digits[3] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15u], '\0'};

    put(digits);
}

/* Three decimals, as the benchmark prints them; the largest magnitude shown is 4,000,000. */
static void put_real(float value)
{
    const float magnitude = (value < 0.0F) ? -value : value;

    if (!(magnitude <= 4.0e6F)) {
        put((magnitude > 0.0F) ? "inf" : "nan");
        return;
    }
    const uint32_t thousandths = (uint32_t)(magnitude * 1000.0F + 0.5F);

    put((value < 0.0F) ? "-" : "");
    put_number(thousandths / 1000u);
    put(".");
    put_number(thousandths / 100u % 10u);
    put_number(thousandths / 10u % 10u);
    put_number(thousandths % 10u);
}

static void put_timestamp(void)
{
    put("m-lap-us-");
    put_number(tml_port_micros());
    put_line("");
}

static void put_results(void)
{
    const uint8_t *output = &arena[{{ macro }}_OUTPUT_OFFSET];

    if (!has_output) {
        put_line("e-[There is no result before an inference]");
        return;
    }
    put("m-results-[");
    for (uint32_t at = 0; at < OUTPUT_BYTES; at += (uint32_t)sizeof(output_element)) {
        output_element element;

        memcpy(&element, &output[at], sizeof element);
        put((at > 0) ? "," : "");
        put_real({{ output_scale }} * (float)(element - {{ output_zero_point }}));
    }
    put_line("]");
    put("m-codes-[");
    for (uint32_t at = 0; at < OUTPUT_BYTES; at++) {
        put_hexadecimal(output[at]);
    }
    put_line("]");
}

/* ---- Reading ---- */

/* What follows `word` in a command, without spaces before it; NULL if it begins otherwise. */
static const char *after(const char *text, const char *word)
{
    const size_t n = strlen(word);

    if (strncmp(text, word, n) != 0 || (text[n] != ' ' && text[n] != '\0')) {
        return NULL;
    }
    for (text += n; *text == ' '; text++) {
    }
    return text;
}

/* Reads a number of at most `limit` < 2^28 into `value`, unless the text ends here: then `value`
 * stays. Returns what follows it, or NULL if it is no number or too large. */
static const char *read_number(const char *text, uint32_t limit, uint32_t *value)
{
    uint32_t number = 0;

    if (*text == '\0') {
        return text;
    }
    for (; *text != ' ' && *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return NULL;
        }
        number = number * 10u + (uint32_t)(*text - '0');
        if (number > limit) {
            return NULL;
        }
    }
    for (; *text == ' '; text++) {
    }
    *value = number;
    return text;
}

/* The value of a hexadecimal digit, or 16 for any other byte. */
static uint8_t digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return (uint8_t)(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return (uint8_t)(digit - 'a' + 10);
    }
    if (digit >= 'A' && digit <= 'F') {
        return (uint8_t)(digit - 'A' + 10);
    }
    return 16;
}

/* ---- Commands ---- */

static void load(const char *size)
{
    uint32_t n_bytes = 0;

    if (read_number(size, INPUT_BYTES, &n_bytes) == NULL || n_bytes != INPUT_BYTES) {
        put("e-[This model takes ");
        put_number(INPUT_BYTES);
        put_line(" bytes]");
        return;
    }
    n_input_bytes = 0;
    put("m-[Expecting ");
    put_number(INPUT_BYTES);
    put_line(" bytes]");
}

static void store(const char *digits)
{
    for (; *digits != '\0' && n_input_bytes < INPUT_BYTES; digits += 2) {
        const uint8_t high = digit_value(digits[0]);
        const uint8_t low = digit_value(digits[1]); /* the end of the text is no digit */

        if (high > 15 || low > 15) {
            put_line("e-[Bytes are pairs of hexadecimal digits]");
            return;
        }
        input[n_input_bytes++] = (uint8_t)((uint32_t)high * 16u + low) ^ WIRE_FLIP;
        if (n_input_bytes == INPUT_BYTES) {
            put_line("m-load-done");
        }
    }
}

static void run(uint32_t n)
{
    for (; n > 0; n--) {
        memcpy(&arena[{{ macro }}_INPUT_OFFSET], input, INPUT_BYTES);
        {{ c_name }}_run(arena);
    }
}

static void infer(const char *numbers)
{
    uint32_t n = 1;
    uint32_t n_to_warm_up = 10;
    const char *rest = read_number(numbers, MOST_INFERENCES, &n);

    if (rest == NULL || n == 0 || read_number(rest, MOST_INFERENCES, &n_to_warm_up) == NULL) {
        put_line("e-[From 1 to 10000 inferences, after 0 to 10000 to warm up]");
        return;
    }
    if (n_input_bytes < INPUT_BYTES) {
        put_line("e-[The input is not complete]");
        return;
    }
    put("m-warmup-start-");
    put_number(n_to_warm_up);
    put_line("");
    run(n_to_warm_up);
    put_line("m-warmup-done");
    put("m-infer-start-");
    put_number(n);
    put_line("");
    put_timestamp();
    run(n);
    put_timestamp();
    has_output = true;
    put_line("m-infer-done");
    put_results();
}

static void obey(const char *text)
{
    const char *rest;

    if (after(text, "name") != NULL) {
        put_line("m-name-dut-[tinymledu]");
    } else if (after(text, "profile") != NULL) {
        put_line("m-profile-[ULPMark for tinyML Firmware V0.0.1]");
        put_line("m-model-[{{ model_name }}]");
        put_line("m-sha256-[{{ model_sha256 }}]");
    } else if (after(text, "timestamp") != NULL) {
        put_timestamp();
    } else if ((rest = after(text, "infer")) != NULL) {
        infer(rest);
    } else if (after(text, "results") != NULL) {
        put_results();
    } else if ((rest = after(text, "db")) == NULL) {
        put_line("e-[Unknown command]");
    } else if (after(rest, "load") != NULL) {
        load(after(rest, "load"));
    } else {
        store(rest);
    }
}

void tml_protocol_begin(void)
{
    put_line("m-init-done");
    put_line("m-ready");
}

void tml_protocol_receive(uint8_t byte)
{
    if (byte == '\r' || byte == '\n') {
        return;
    }
    if (byte != '%') {
        command_is_damaged |= n_command_bytes == COMMAND_BYTES || byte < ' ' || byte > '~';
        if (!command_is_damaged) {
            command[n_command_bytes++] = (char)byte;
        }
        return;
    }
    command[n_command_bytes] = '\0';
    if (command_is_damaged) {
        put_line("e-[The command is too long, or no text]");
    } else if (n_command_bytes > 0) {
        obey(command);
    }
    n_command_bytes = 0;
    command_is_damaged = false;
    put_line("m-ready");
}
