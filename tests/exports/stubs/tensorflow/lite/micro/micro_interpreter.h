/* What the exported sketch uses of TensorFlow Lite Micro's interpreter. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

struct TfLiteTensor {
    union {
        char *raw;
    } data;
};

namespace tflite {
class MicroInterpreter {
public:
    MicroInterpreter(const Model *model, const MicroOpResolver &resolver, uint8_t *arena,
                     size_t arena_bytes);
    TfLiteStatus AllocateTensors();
    TfLiteStatus Invoke();
    TfLiteTensor *input(size_t index);
    TfLiteTensor *output(size_t index);
    size_t arena_used_bytes() const;
};
}  // namespace tflite
