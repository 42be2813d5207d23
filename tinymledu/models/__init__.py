"""Untrained networks for microcontrollers, and the weights that fine-tuning starts from.

Every model takes float32 pictures with values in [0, 1] (pixel / 255; there is no Rescaling
layer) and ends in a softmax over the classes. Its layers convert to the operators that the C
kernels have: CONV_2D, DEPTHWISE_CONV_2D, MAX_POOL_2D, MEAN, FULLY_CONNECTED, SOFTMAX.
"""

from tinymledu.models.zoo import mobilenet_v1, model_names, tiny_cnn

__all__ = ["mobilenet_v1", "model_names", "tiny_cnn"]
