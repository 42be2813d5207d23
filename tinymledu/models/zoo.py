"""tiny_cnn and MobileNetV1: two sizes of the same idea, filters that look for patterns."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Literal

from tinymledu.errors import InputError, unknown_name
from tinymledu.models.framework import load_keras

if TYPE_CHECKING:
    import keras

# Keras' 0.99 averages over hundreds of batches. A few thousand pictures give fewer than that, and
# validation then stays at chance for many epochs; 0.9 follows within one.
BATCH_NORM_MOMENTUM = 0.9

# MobileNetV1: filters before the width multiplier and stride of the 13 separable blocks.
# Source: Howard et al. 2017, table 1; MLPerf Tiny visual wake words uses the same 13.
_MOBILENET_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip


def model_names() -> tuple[str, ...]:
    """Names of the networks that can be built."""
    return ("mobilenet_v1", "tiny_cnn")


def tiny_cnn(
    shape: Sequence[int],
    n_classes: int,
    *,
    filters: Sequence[int] = (16, 32, 64, 64),
    seed: int = 7,
) -> "keras.Model":
    """A small convolutional network: 61,170 parameters with the filters given.

    Each entry of `filters` is one block: 3x3 convolution, batch normalization, ReLU, 2x2 max
    pooling. Then the mean over the picture, dropout of 0.3, and a softmax.

    Args:
        shape: (height, width, channels) of a picture.
        n_classes: outputs, at least 2.
        filters: number of filters of each block; every block halves height and width.
        seed: of the initial weights and of dropout.

    Raises:
        InputError: the picture is too small for that many blocks, or a number is out of range.
    """
    height, width, channels = _checked_shape(shape)
    _check_classes(n_classes)
    if not filters or min(filters) < 1:
        raise InputError(f"filters is {tuple(filters)}; give at least one number, each 1 or more.")
    if min(height, width) < 2 ** len(filters):
        raise InputError(
            f"{len(filters)} blocks halve a picture {len(filters)} times, so it must be at least "
            f"{2 ** len(filters)} pixels high and wide; this one is {height}x{width}. "
            "Use fewer filters or a larger picture."
        )
    keras = load_keras()
    seeds = _seeds(seed)
    pictures = keras.Input((height, width, channels), name="pictures")
    x = pictures
    for index, n_filters in enumerate(filters):
        x = _convolution(x, n_filters, name=f"conv_{index}", seed=next(seeds))
        x = keras.layers.MaxPooling2D(2, name=f"pool_{index}")(x)
    return keras.Model(pictures, _head(x, n_classes, 0.3, seeds), name="tiny_cnn")


def mobilenet_v1(
    shape: Sequence[int],
    n_classes: int,
    *,
    alpha: float = 0.25,
    weights: Literal["vww"] | None = None,
    seed: int = 7,
) -> "keras.Model":
    """MobileNetV1: each 3x3 convolution split into one per channel and one across channels.

    Args:
        shape: (height, width, channels) of a picture; height and width at least 32.
        n_classes: outputs, at least 2.
        alpha: width multiplier, in (0, 1]; 0.25 gives about 219,000 parameters.
        weights: "vww" starts from the MLPerf Tiny visual wake words network (person or no person,
            96x96 RGB), all but its last layer. It must then be trained further: as it is, with a
            new last layer, it separates cats from dogs little better than chance.
        seed: of the initial weights and of dropout.

    Raises:
        InputError: a number is out of range, or "vww" is asked for with another alpha.
        MissingToolError: the weights have not been fetched yet.

    Source: Howard et al. 2017, https://arxiv.org/abs/1704.04861; layout of MLPerf Tiny's
    visual wake words model.
    """
    height, width, channels = _checked_shape(shape)
    _check_classes(n_classes)
    if min(height, width) < 32:
        raise InputError(f"mobilenet_v1 needs 32x32 pixels or more; these are {height}x{width}.")
    if not 0 < alpha <= 1:
        raise InputError(f"alpha is {alpha!r}; it multiplies the filters and lies in (0, 1].")
    if weights not in (None, "vww"):
        raise unknown_name("weights", str(weights), ["vww"])
    if weights == "vww" and (alpha, channels) != (0.25, 3):
        raise InputError(
            "The vww weights are of alpha=0.25 and 3 channels; "
            f"asked for were alpha={alpha!r} and {channels} channels."
        )
    keras = load_keras()
    seeds = _seeds(seed)
    pictures = keras.Input((height, width, channels), name="pictures")
    thin = max(1, int(32 * alpha))
    x = _convolution(pictures, thin, name="conv_0", strides=2, seed=next(seeds))
    for index, (n_filters, strides) in enumerate(_MOBILENET_BLOCKS, start=1):
        x = _depthwise(x, name=f"depthwise_{index}", strides=strides, seed=next(seeds))
        wide = max(1, int(n_filters * alpha))
        x = _convolution(x, wide, name=f"pointwise_{index}", size=1, seed=next(seeds))
    model = keras.Model(pictures, _head(x, n_classes, 0.2, seeds), name="mobilenet_v1")
    if weights == "vww":
        from tinymledu.models.vww import copy_vww_weights

        copy_vww_weights(model)
    return model


# Layers are named here, because names are stored in the .tflite file. Names that Keras invents
# count the layers made before in the same process, and the same model would give other bytes.


def _convolution(
    x: object, n_filters: int, *, name: str, seed: int, size: int = 3, strides: int = 1
) -> object:
    layers, initializers = load_keras().layers, load_keras().initializers
    x = layers.Conv2D(
        n_filters,
        size,
        strides=strides,
        padding="same",
        use_bias=False,  # the normalization that follows has its own
        kernel_initializer=initializers.GlorotUniform(seed=seed),
        name=name,
    )(x)
    return _normalized(x, name)


def _depthwise(x: object, *, name: str, strides: int, seed: int) -> object:
    layers, initializers = load_keras().layers, load_keras().initializers
    x = layers.DepthwiseConv2D(
        3,
        strides=strides,
        padding="same",
        use_bias=False,
        depthwise_initializer=initializers.GlorotUniform(seed=seed),
        name=name,
    )(x)
    return _normalized(x, name)


def _normalized(x: object, name: str) -> object:
    layers = load_keras().layers
    x = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _head(x: object, n_classes: int, dropout: float, seeds: Iterator[int]) -> object:
    layers, initializers = load_keras().layers, load_keras().initializers
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dropout(dropout, seed=next(seeds), name="dropout")(x)
    return layers.Dense(
        n_classes,
        activation="softmax",
        kernel_initializer=initializers.GlorotUniform(seed=next(seeds)),
        name="scores",
    )(x)


def _seeds(seed: int) -> Iterator[int]:
    """A different seed for each layer: two layers of one shape must not start equal."""
    return count(1000 * seed)


def _checked_shape(shape: Sequence[int]) -> tuple[int, int, int]:
    if len(shape) != 3 or min(shape) < 1:
        raise InputError(
            f"shape is {tuple(shape)}; a picture has a height, a width and channels: (48, 48, 3)."
        )
    height, width, channels = (int(extent) for extent in shape)
    return height, width, channels


def _check_classes(n_classes: int) -> None:
    if n_classes < 2:
        raise InputError(f"n_classes is {n_classes!r}; telling apart needs at least 2 classes.")
