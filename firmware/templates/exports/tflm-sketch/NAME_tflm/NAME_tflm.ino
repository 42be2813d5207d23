/* {{ model_name }} in TensorFlow Lite Micro, to compare with the plain C of the same model.
 *
 * Written by tinymledu {{ version }}. The resolver knows the {{ resolver_methods | length }} operators of this model and no other:
 * each operator more would take flash.
 */
#include <Arduino.h>

#include <{{ tflm_header }}>
#include <tensorflow/lite/micro/micro_interpreter.h>
#include <tensorflow/lite/micro/micro_mutable_op_resolver.h>
#include <tensorflow/lite/schema/schema_generated.h>

#include "{{ c_name }}_known_answers.h"
#include "{{ c_name }}_tflite.h"

/* {{ arena.how | replace("\n", " ") | wordwrap(90, wrapstring="\n * ") }}. */
static const size_t arena_bytes = {{ arena.n_bytes }};
alignas(16) static uint8_t arena[arena_bytes];

static tflite::MicroMutableOpResolver<{{ resolver_methods | length }}> resolver;
static tflite::MicroInterpreter *interpreter = nullptr;

void setup()
{
    Serial.begin(115200);
    while (!Serial && millis() < 5000) {
        /* a board with USB of its own: wait for the serial monitor, but not for ever */
    }
{% for method in resolver_methods %}
    resolver.{{ method }}();
{% endfor %}
    static tflite::MicroInterpreter only(tflite::GetModel({{ c_name }}_tflite), resolver, arena,
                                         arena_bytes);
    if (only.AllocateTensors() == kTfLiteOk) {
        interpreter = &only;
    }
}

static int32_t n_wrong_answers()
{
    int32_t n_wrong = 0;

    for (int32_t k = 0; k < {{ macro }}_N_KNOWN_ANSWERS; k++) {
        {{ c_name }}_known_input(k, interpreter->input(0)->data.raw);
        if (interpreter->Invoke() != kTfLiteOk
            || {{ c_name }}_known_output_differs(k, interpreter->output(0)->data.raw) != 0) {
            n_wrong++;
        }
    }
    return n_wrong;
}

void loop()
{
    if (interpreter == nullptr) {
        Serial.println("TensorFlow Lite Micro refused the model, or needs a larger arena");
        delay(1000);
        return;
    }
    Serial.print("self-test: ");
    Serial.print({{ macro }}_N_KNOWN_ANSWERS - n_wrong_answers());
    Serial.print(" of ");
    Serial.print({{ macro }}_N_KNOWN_ANSWERS);
    Serial.println(" known answers are right");

    const uint32_t start_us = micros();
    interpreter->Invoke();
    const uint32_t stop_us = micros();

    Serial.print("one inference: ");
    Serial.print(stop_us - start_us);
    Serial.print(" us, arena used: ");
    Serial.print(static_cast<unsigned long>(interpreter->arena_used_bytes()));
    Serial.println(" B");
    delay(1000);
}
