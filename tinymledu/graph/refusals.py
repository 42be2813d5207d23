"""What to say of operators that do not run here: which Keras layer they come from, and what does.

The layers are those that TensorFlow's converter turns into the operator. `instead` completes the
sentence "X (Keras: Y) does not run here; ...".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinymledu.graph.ir import Op

CUSTOM = "CUSTOM "
FLEX = "CUSTOM Flex"  # TensorFlow's own operators, which the converter adds with SELECT_TF_OPS
MAX_KINDS_EXPLAINED = 4  # a sentence each; the others are only named
MAX_PLACES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """keras: what a model was built with to get this operator. instead: what to build."""

    keras: str
    instead: str


_ANOTHER_ACTIVATION = "activations 'relu', 'relu6', 'leaky_relu', 'elu', 'silu' and 'hard_silu' run"
_AFTER_THE_RUN = "leave it out of the model and do it with the outputs, after the run"
_BEFORE_THE_RUN = "leave it out of the model and do it with the inputs, before the run"
_WINDOW = "a Conv1D over a window of the sequence runs, with strides or dilation for a longer one"
_RECURRENT = (
    "LSTM, GRU and SimpleRNN with unroll=True run in a model of keras.Input(..., batch_size=1), "
    "and so does a Conv1D over a window of the sequence"
)
_NO_CONDITION = "compute both ways and add them, or decide with the outputs, after the run"
_BATCH_NORMALIZATION = (
    "BatchNormalization after a convolution runs: the converter merges it into the weights"
)
_BATCH_SIZE = "convert the model with keras.Input(..., batch_size=1), so that shapes are known"
_STATE = "keep the state outside, and make it an input and an output of a model without memory"
_BY_WEIGHTS = "Dense, Conv1D and Conv2D run, which multiply by trained weights"
_IN_THE_PLANE = "Conv2D runs, with the frames as channels of one picture"
_OTHER_SIZE = "UpSampling2D, Conv2DTranspose and Resizing(interpolation='nearest') run"

_ROWS: tuple[tuple[str, str, str], ...] = (
    ("UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM", _RECURRENT),
    ("UNIDIRECTIONAL_SEQUENCE_RNN", "SimpleRNN", _RECURRENT),
    ("BIDIRECTIONAL_SEQUENCE_LSTM", "Bidirectional(LSTM)", _WINDOW),
    ("BIDIRECTIONAL_SEQUENCE_RNN", "Bidirectional(SimpleRNN)", _WINDOW),
    ("LSTM", "LSTM", _RECURRENT),
    ("RNN", "SimpleRNN", _RECURRENT),
    ("SVDF", "a layer of keyword spotters, not of Keras", _WINDOW),
    ("WHILE", "LSTM, GRU, SimpleRNN, or a loop", _RECURRENT),
    ("FILL", "LSTM, GRU or SimpleRNN with unroll=True", _RECURRENT),
    ("IF", "keras.ops.cond", _NO_CONDITION),
    ("CALL_ONCE", "a layer that keeps state", _STATE),
    ("VAR_HANDLE", "a layer that keeps state", _STATE),
    ("READ_VARIABLE", "a layer that keeps state", _STATE),
    ("ASSIGN_VARIABLE", "a layer that keeps state", _STATE),
    ("GATHER", "Embedding, or keras.ops.take", "count words before the run, and begin with Dense"),
    ("EMBEDDING_LOOKUP", "Embedding", "count words before the run, and begin with Dense"),
    ("GATHER_ND", "keras.ops.take_along_axis", _BEFORE_THE_RUN),
    ("HASHTABLE_LOOKUP", "StringLookup or IntegerLookup", _BEFORE_THE_RUN),
    ("BUCKETIZE", "Discretization", _BEFORE_THE_RUN),
    ("ONE_HOT", "CategoryEncoding, or keras.ops.one_hot", _BEFORE_THE_RUN),
    ("CAST", "Embedding, or keras.ops.cast", "give all inputs in one type, before the run"),
    ("RFFT2D", "STFTSpectrogram, or keras.ops.rfft", _BEFORE_THE_RUN),
    ("COMPLEX_ABS", "the magnitude of a spectrum", _BEFORE_THE_RUN),
    ("BATCH_MATMUL", "MultiHeadAttention, Attention, Dot, or keras.ops.matmul", _BY_WEIGHTS),
    ("GELU", "activation 'gelu'", _ANOTHER_ACTIVATION),
    ("EXP", "activation 'softplus', 'selu', 'mish' or 'exponential'", _ANOTHER_ACTIVATION),
    ("LOG", "activation 'softplus' or 'mish', or keras.ops.log", _ANOTHER_ACTIVATION),
    ("ABS", "activation 'softsign', or keras.ops.abs", _ANOTHER_ACTIVATION),
    ("RELU_0_TO_1", "ReLU(max_value=1)", "ReLU and ReLU(max_value=6) run"),
    ("RELU_N1_TO_1", "keras.ops.clip(x, -1, 1)", "ReLU and ReLU(max_value=6) run"),
    ("LOG_SOFTMAX", "activation 'log_softmax'", "softmax runs; take the logarithm after the run"),
    ("RSQRT", "LayerNormalization, GroupNormalization or RMSNormalization", _BATCH_NORMALIZATION),
    ("SQUARED_DIFFERENCE", "LayerNormalization, or keras.ops.var", _BATCH_NORMALIZATION),
    ("SQRT", "keras.ops.sqrt or keras.ops.std", _BATCH_NORMALIZATION),
    ("L2_NORMALIZATION", "UnitNormalization", _BATCH_NORMALIZATION),
    ("LOCAL_RESPONSE_NORMALIZATION", "tf.nn.local_response_normalization", _BATCH_NORMALIZATION),
    ("DIV", "x / y, or activation 'softsign'", "multiply by a constant instead, which runs"),
    ("FLOOR_DIV", "keras.ops.floor_divide", _AFTER_THE_RUN),
    ("FLOOR_MOD", "keras.ops.mod", _AFTER_THE_RUN),
    ("POW", "x ** n", "Multiply()([x, x]) runs"),
    ("ADD_N", "tf.add_n", "Add, which takes two inputs or more, runs"),
    ("SUM", "keras.ops.sum", "GlobalAveragePooling1D or 2D runs: the sum over its count"),
    ("REDUCE_MIN", "keras.ops.min", _AFTER_THE_RUN),
    ("REDUCE_PROD", "a Dense layer on a sequence with an open batch", _BATCH_SIZE),
    ("REDUCE_ALL", "keras.ops.all", _NO_CONDITION),
    ("REDUCE_ANY", "Masking", "give windows of one length, which need no mask"),
    ("ARG_MAX", "keras.ops.argmax", _AFTER_THE_RUN),
    ("ARG_MIN", "keras.ops.argmin", _AFTER_THE_RUN),
    ("TOPK_V2", "keras.ops.top_k or keras.ops.sort", _AFTER_THE_RUN),
    ("NON_MAX_SUPPRESSION_V4", "tf.image.non_max_suppression", _AFTER_THE_RUN),
    ("NON_MAX_SUPPRESSION_V5", "tf.image.non_max_suppression", _AFTER_THE_RUN),
    ("PACK", "TimeDistributed, or keras.ops.stack", "Concatenate runs"),
    ("SHAPE", "Reshape or Flatten with an open batch", _BATCH_SIZE),
    ("SPACE_TO_BATCH_ND", "Conv1D or Conv2D with dilation_rate and an open batch", _BATCH_SIZE),
    ("BATCH_TO_SPACE_ND", "Conv1D or Conv2D with dilation_rate and an open batch", _BATCH_SIZE),
    ("BROADCAST_TO", "keras.ops.broadcast_to", _OTHER_SIZE),
    ("RESIZE_BILINEAR", "Resizing, or UpSampling2D(interpolation='bilinear')", _OTHER_SIZE),
    ("DEPTH_TO_SPACE", "tf.nn.depth_to_space", _OTHER_SIZE),
    ("SPACE_TO_DEPTH", "tf.nn.space_to_depth", "Conv2D with strides runs"),
    ("CONV_3D", "Conv3D", _IN_THE_PLANE),
    ("CONV_3D_TRANSPOSE", "Conv3DTranspose", _IN_THE_PLANE),
    ("MIRROR_PAD", "keras.ops.pad(mode='reflect')", "ZeroPadding2D and padding='same' run"),
    ("PADV2", "keras.ops.pad with a constant", "ZeroPadding2D and padding='same' run"),
    ("REVERSE_V2", "Bidirectional, or keras.ops.flip", _BEFORE_THE_RUN),
    ("REVERSE_SEQUENCE", "tf.reverse_sequence", _BEFORE_THE_RUN),
    ("CUMSUM", "keras.ops.cumsum", _BEFORE_THE_RUN),
    ("SIN", "keras.ops.sin", _BEFORE_THE_RUN),
    ("COS", "keras.ops.cos", _BEFORE_THE_RUN),
    ("ATAN2", "keras.ops.arctan2", _BEFORE_THE_RUN),
    ("SIGN", "keras.ops.sign", _AFTER_THE_RUN),
    ("FLOOR", "keras.ops.floor", _AFTER_THE_RUN),
    ("CEIL", "keras.ops.ceil", _AFTER_THE_RUN),
    ("ROUND", "keras.ops.round", _AFTER_THE_RUN),
    ("SELECT", "Embedding, activation 'selu', or keras.ops.where", _NO_CONDITION),
    ("SELECT_V2", "Masking, or keras.ops.where", _NO_CONDITION),
    ("WHERE", "keras.ops.where", _NO_CONDITION),
    ("EQUAL", "a comparison", _NO_CONDITION),
    ("NOT_EQUAL", "Masking, or a comparison", _NO_CONDITION),
    ("LESS", "Embedding, or a comparison", _NO_CONDITION),
    ("LESS_EQUAL", "a comparison", _NO_CONDITION),
    ("GREATER", "activation 'selu', or a comparison", _NO_CONDITION),
    ("GREATER_EQUAL", "a comparison", _NO_CONDITION),
    ("LOGICAL_AND", "comparisons", _NO_CONDITION),
    ("LOGICAL_OR", "comparisons", _NO_CONDITION),
    ("LOGICAL_NOT", "a comparison", _NO_CONDITION),
    ("RANDOM_UNIFORM", "Dropout or GaussianNoise in training", "call layers with training=False"),
    (
        "RANDOM_STANDARD_NORMAL",
        "GaussianNoise in training",
        "call layers with training=False",
    ),
    ("SCATTER_ND", "tf.tensor_scatter_nd_update", _AFTER_THE_RUN),
    ("DYNAMIC_UPDATE_SLICE", "keras.ops.slice_update", _AFTER_THE_RUN),
    ("DENSIFY", "pruned weights that are stored as sparse", "store them as usual arrays"),
)

INSTEAD_OF_INT16 = "quantize(model, calibration=...) makes a model with int8 activations"

# Why a file may have a later version of an operator than runs here.
LATER_VERSIONS: Mapping[str, str] = MappingProxyType(
    {
        "CONV_2D": "later ones are for int16 and grouped convolutions (Keras: Conv2D(groups=...)), "
        "instead of which DepthwiseConv2D runs, and Concatenate of one Conv2D for each group",
        "DEPTHWISE_CONV_2D": "later ones are for int16",
        "FULLY_CONNECTED": "later ones are for int16 and dynamic range",
    }
)

REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {kind: Refusal(keras, instead) for kind, keras, instead in _ROWS}
)


def refused(ops: Iterable[Op]) -> str:
    """Sentences about operators that do not run: each kind with its places, layer and remedy."""
    places: dict[str, list[Op]] = {}
    for op in ops:
        places.setdefault(op.kind, []).append(op)
    sentences = [_sentence(kind, places[kind]) for kind in list(places)[:MAX_KINDS_EXPLAINED]]
    if rest := list(places)[MAX_KINDS_EXPLAINED:]:
        sentences.append(f"Nor do {', '.join(_places(places[kind]) for kind in rest)}.")
    return " ".join(sentences)


def _sentence(kind: str, ops: list[Op]) -> str:
    cannot = f"{'does' if len(ops) == 1 else 'do'} not run here"
    if kind in REFUSALS:
        refusal = REFUSALS[kind]
        return f"{_places(ops, f'; Keras: {refusal.keras}')} {cannot}; {refusal.instead}."
    if kind.startswith(FLEX):
        return (
            f"{_places(ops)} {cannot}: {kind.removeprefix(FLEX)!r} is an operator of TensorFlow "
            "that TensorFlow Lite lacks; convert without SELECT_TF_OPS, and the converter names "
            "the layer to replace."
        )
    if kind.startswith(CUSTOM):
        return (
            f"{_places(ops)} {cannot}: nothing in the file says what a custom operator computes; "
            f"{_AFTER_THE_RUN}."
        )
    return f"{_places(ops)} {cannot}."


def _places(ops: list[Op], origin: str = "") -> str:
    """Such as "SPLIT #3, #18, #33 and 4 more (version 2; Keras: keras.ops.split)"."""
    named = ", ".join(f"#{op.index}" for op in ops[:MAX_PLACES_NAMED])
    n_left = len(ops) - MAX_PLACES_NAMED
    more = f" and {n_left} more" if n_left > 0 else ""
    return f"{ops[0].kind} {named}{more} (version {ops[0].version}{origin})"


def advice_on_numbers(dtype: str, *, int8_weights: bool = False) -> str:
    """What to do about a tensor of another type than int8, as the end of a sentence.

    int8_weights: whether the model has weights in int8 all the same (dynamic range).
    """
    if dtype == "float32" and int8_weights:
        return (
            "a dynamic-range model has int8 weights and float32 activations; "
            "quantize(model, calibration=...) makes one with int8 for both"
        )
    if dtype in ("float32", "float16", "float64"):
        return "quantize(model, calibration=...) makes one"
    if dtype == "uint8":
        return (
            "uint8 comes from inference_input_type=tf.uint8 or an older converter; "
            "quantize(model, calibration=...) makes one with int8"
        )
    return f"{dtype} comes from counting or comparing; {_AFTER_THE_RUN}"
