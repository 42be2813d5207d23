/* Registrations of TensorFlow Lite Micro's resolver, named as there, for the operators that models
 * of this course have. */
#pragma once

enum TfLiteStatus { kTfLiteOk, kTfLiteError };

namespace tflite {
class MicroOpResolver {};

template <unsigned int n_operators>
class MicroMutableOpResolver : public MicroOpResolver {
public:
    TfLiteStatus AddAdd();
    TfLiteStatus AddAveragePool2D();
    TfLiteStatus AddConcatenation();
    TfLiteStatus AddConv2D();
    TfLiteStatus AddDepthwiseConv2D();
    TfLiteStatus AddDequantize();
    TfLiteStatus AddElu();
    TfLiteStatus AddExpandDims();
    TfLiteStatus AddFullyConnected();
    TfLiteStatus AddGather();
    TfLiteStatus AddHardSwish();
    TfLiteStatus AddLeakyRelu();
    TfLiteStatus AddLogistic();
    TfLiteStatus AddMaxPool2D();
    TfLiteStatus AddMaximum();
    TfLiteStatus AddMean();
    TfLiteStatus AddMinimum();
    TfLiteStatus AddMul();
    TfLiteStatus AddNeg();
    TfLiteStatus AddPack();
    TfLiteStatus AddPad();
    TfLiteStatus AddPadV2();
    TfLiteStatus AddPrelu();
    TfLiteStatus AddQuantize();
    TfLiteStatus AddReduceMax();
    TfLiteStatus AddRelu();
    TfLiteStatus AddRelu6();
    TfLiteStatus AddReshape();
    TfLiteStatus AddResizeNearestNeighbor();
    TfLiteStatus AddShape();
    TfLiteStatus AddSlice();
    TfLiteStatus AddSoftmax();
    TfLiteStatus AddSplit();
    TfLiteStatus AddSplitV();
    TfLiteStatus AddSquare();
    TfLiteStatus AddSqueeze();
    TfLiteStatus AddStridedSlice();
    TfLiteStatus AddSub();
    TfLiteStatus AddTanh();
    TfLiteStatus AddTranspose();
    TfLiteStatus AddTransposeConv();
    TfLiteStatus AddUnpack();
};
}  // namespace tflite
