"""A small network that learns from the scores of a large one, beside the labels."""

from typing import Any

from tinymledu.models.framework import load_keras, load_tensorflow

TEMPERATURE = 3.0  # flattens the scores, so that the unlikely class counts, too
TEACHER_SHARE = 0.5  # of the loss; the rest are the labels


def distilled_losses(labels: Any, scores: Any, teacher_scores: Any) -> Any:
    """(n,) cross-entropies in nat, half with the labels and half with the teacher's soft scores.

    Args:
        labels: (n,) class indices.
        scores: (n, n_classes) softmax outputs of the network that learns.
        teacher_scores: (n, n_classes) softmax outputs of the teacher, for the same pictures.

    The second half is multiplied by the square of the temperature, which keeps its gradient as
    large as that of the first. Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531, section 2.
    """
    tf, keras = load_tensorflow(), load_keras()
    with_labels = keras.losses.sparse_categorical_crossentropy(labels, scores)
    soft, wanted = _softened(scores), tf.stop_gradient(_softened(teacher_scores))
    with_teacher = keras.losses.categorical_crossentropy(wanted, soft)
    return (1 - TEACHER_SHARE) * with_labels + TEACHER_SHARE * TEMPERATURE**2 * with_teacher


def _softened(scores: Any) -> Any:
    """The softmax of logits / TEMPERATURE, from the softmax of the logits."""
    tf = load_tensorflow()
    return tf.nn.softmax(tf.math.log(tf.maximum(scores, 1e-7)) / TEMPERATURE)
