/* {{ model_name }}: a self-test with known answers, then one inference a second.
 *
 * Written by tinymledu {{ version }}. This file is yours to change; {{ c_name }}.h and
 * {{ c_name }}.c are not.
 */
#include <Arduino.h>

#include <{{ c_name }}.h>

alignas(16) static uint8_t arena[{{ macro }}_ARENA_BYTES];

static const char *const labels[{{ labels | length }}] = {
{% for label in labels %}
    {{ label | c_string }},
{% endfor %}
};

void setup()
{
    Serial.begin(115200);
    while (!Serial && millis() < 5000) {
        /* a board with USB of its own: wait for the serial monitor, but not for ever */
    }
}

static void print_output()
{
    const {{ answers.output_c_type }} *output =
        reinterpret_cast<const {{ answers.output_c_type }} *>(arena + {{ macro }}_OUTPUT_OFFSET);

    for (int32_t i = 0; i < {{ labels | length }}; i++) {
        Serial.print(labels[i]);
        Serial.print(": ");
        Serial.println(output[i]);
    }
}

void loop()
{
    const int32_t n_wrong = {{ c_name }}_self_test(arena);

    Serial.print("self-test: ");
    Serial.print({{ macro }}_N_KNOWN_ANSWERS - n_wrong);
    Serial.print(" of ");
    Serial.print({{ macro }}_N_KNOWN_ANSWERS);
    Serial.println(" known answers are right");

    /* In place of a known input, write your own: {{ input_text }}. */
    {{ c_name }}_known_input(0, arena + {{ macro }}_INPUT_OFFSET);

    const uint32_t start_us = micros();
    {{ c_name }}_run(arena);
    const uint32_t stop_us = micros();

    Serial.print("one inference: ");
    Serial.print(stop_us - start_us);
    Serial.println(" us");
    print_output();
    delay(1000);
}
