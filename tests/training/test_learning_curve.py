import pytest

from tinymledu.errors import InputError
from tinymledu.models import tiny_cnn
from tinymledu.training import LearningPoint, learning_curve

pytestmark = pytest.mark.usefixtures("keras")


def new_model():
    return tiny_cnn((16, 16, 3), 2, filters=(4,), seed=1)


@pytest.mark.training
def test_learning_curve_trains_one_fresh_model_for_each_size(stripes):
    seen = []

    curve = learning_curve(new_model, stripes, (160, 40), epochs=1, progress=seen.append)

    assert [point.n_labelled for point in curve.points] == [40, 160]
    assert seen == list(curve.points)
    assert all(point.n == 200 for point in curve.points)
    assert "40: " in repr(curve)


@pytest.mark.training
def test_learning_curve_takes_points_that_are_known(stripes):
    (small,) = learning_curve(new_model, stripes, (40,), epochs=1).points
    known = LearningPoint(240, 150, 200, small.history)

    curve = learning_curve(new_model, stripes, (40,), epochs=1, known=(known,))

    assert curve.points[1] == known
    assert curve.points[0].n_correct == small.n_correct


@pytest.mark.parametrize(
    ("sizes", "words"), [((), "sizes is empty"), ((40, 300), "300 labelled pictures are asked for")]
)
def test_learning_curve_refuses_sizes_that_cannot_be(stripes, sizes, words):
    with pytest.raises(InputError, match=words):
        learning_curve(new_model, stripes, sizes)
