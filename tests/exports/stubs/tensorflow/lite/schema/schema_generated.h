/* What the exported sketch uses of the schema of .tflite files. */
#pragma once

namespace tflite {
struct Model;
const Model *GetModel(const void *bytes);
}  // namespace tflite
