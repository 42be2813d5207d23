from dataclasses import replace

import numpy as np
import pytest

from tinymledu import baselines
from tinymledu.datasets import Split
from tinymledu.errors import DatasetError, InputError
from tinymledu.models import tiny_cnn
from tinymledu.models.scores import predict_scores
from tinymledu.quantities import Band
from tinymledu.training import train

pytestmark = pytest.mark.usefixtures("keras")


def new_model(seed=1, n_classes=2):
    return tiny_cnn((16, 16, 3), n_classes, filters=(8, 8), seed=seed)


def quick(model, data, **changes):
    return train(model, data, **{"epochs": 2, "seed": 1, "batch_size": 16, **changes})


def accuracy_of(model, split):
    return float((predict_scores(model, split.pictures).argmax(axis=1) == split.labels).mean())


@pytest.mark.training
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_network_beats_the_nearest_mean_picture(stripes, seed):
    baseline = baselines.nearest_mean(stripes).predict(stripes.test.pictures)
    chance = float((baseline == stripes.test.labels).mean())
    model = new_model(seed)

    quick(model, stripes, epochs=8, seed=seed)

    assert accuracy_of(model, stripes.test) >= chance + 0.25


@pytest.mark.training
def test_train_gives_the_same_weights_with_the_same_seed(stripes):
    first, again, other = new_model(), new_model(), new_model()

    quick(first, stripes)
    quick(again, stripes)
    quick(other, stripes, seed=2)

    pairs = zip(first.get_weights(), again.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


@pytest.mark.training
def test_train_keeps_the_weights_that_were_best_on_validation(stripes):
    model = new_model()

    history = quick(model, stripes, epochs=6)

    best = max(epoch.validation_accuracy for epoch in history.epochs)
    assert history.best.validation_accuracy == best
    assert accuracy_of(model, stripes.validation) == best


@pytest.mark.training
def test_train_lets_the_learning_rate_fall_to_two_percent(stripes):
    history = quick(new_model(), stripes, epochs=3, learning_rate=1e-3)

    rates = [epoch.learning_rate for epoch in history.epochs]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0.02 * 1e-3, rel=1e-5)  # float32


@pytest.mark.training
def test_train_stops_early_when_nothing_improves(stripes):
    # With labels at random, validation cannot improve for long.
    random_labels = np.random.default_rng(4).integers(0, 2, 60).astype(np.uint8)
    data = replace(stripes, validation=Split(stripes.validation.pictures, random_labels))

    history = quick(new_model(), data, epochs=30, patience=2)

    assert len(history.epochs) < 30
    assert history.epochs[-1].number - history.best.number == 2


@pytest.mark.training
def test_train_reports_each_epoch_as_it_ends(stripes):
    seen = []

    history = quick(new_model(), stripes, progress=seen.append)

    assert tuple(seen) == history.epochs
    assert [(epoch.number, epoch.of) for epoch in seen] == [(1, 2), (2, 2)]


@pytest.mark.training
def test_interrupted_training_leaves_the_best_weights_so_far(stripes):
    model = new_model()
    passed = []

    def interrupt(epoch):
        passed.append(epoch)
        if epoch.number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(model, stripes, epochs=8, progress=interrupt)

    best = max(epoch.validation_accuracy for epoch in passed)
    assert accuracy_of(model, stripes.validation) == best


@pytest.mark.training
def test_energy_is_measured_seconds_times_stated_watts(stripes):
    history = quick(new_model(), stripes, watts=Band(10, 20), watts_source="a meter")

    assert history.energy.joules == Band(10 * history.seconds, 20 * history.seconds)
    assert "estimate" in repr(history.energy)
    assert "a meter" in repr(history.energy)


@pytest.mark.training
def test_history_says_what_happened(stripes):
    history = quick(new_model(), stripes)

    assert "2 epochs of 240 pictures" in repr(history)
    assert "n = 60" in repr(history)
    assert history._repr_html_().count("<tr>") == 3  # heading and two epochs


@pytest.mark.training
def test_train_writes_nothing(stripes, capfd):
    quick(new_model(), stripes)

    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


@pytest.mark.training
def test_train_says_when_the_steps_were_too_long(stripes):
    # A weight that is not a number is what too long a step ends in.
    model = new_model()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])

    with pytest.raises(InputError, match=r"no longer a number in epoch 1.*was 0\.002; try 0\.0002"):
        quick(model, stripes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"seed": -1}, "seed is -1; give 0 or a positive integer"),
        ({"learning_rate": 2.0}, r"learning_rate is 2\.0"),
        ({"augment": -1}, "augment is -1"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"patience": 0}, "patience is 0"),
    ],
)
def test_train_refuses_numbers_out_of_range(stripes, changes, words):
    with pytest.raises(InputError, match=words):
        quick(new_model(), stripes, **changes)


def test_train_needs_labels(stripes):
    with pytest.raises(DatasetError, match=r"array of shape \(20, 16, 16, 3\) without labels"):
        quick(new_model(), stripes.unlabelled)


def test_train_refuses_one_class(stripes):
    lying = Split(stripes.train.pictures[:50], np.zeros(50, np.uint8))

    with pytest.raises(DatasetError, match="All 50 training pictures are labelled 'lying'"):
        quick(new_model(), replace(stripes, train=lying))


def test_train_refuses_too_few_of_a_class(stripes):
    labels = np.zeros(50, np.uint8)
    labels[:2] = 1
    few = Split(stripes.train.pictures[:50], labels)

    with pytest.raises(DatasetError, match="Only 2 training pictures are labelled 'standing'"):
        quick(new_model(), replace(stripes, train=few))


def test_train_refuses_an_empty_split(stripes):
    empty = stripes.validation.take(np.array([], np.intp))

    with pytest.raises(DatasetError, match="There are no validation pictures"):
        quick(new_model(), replace(stripes, validation=empty))


def test_train_refuses_labels_that_the_model_has_no_output_for(stripes):
    labels = stripes.train.labels.copy()
    labels[0] = 2

    with pytest.raises(InputError, match="2 outputs, but a label is 2"):
        quick(new_model(), replace(stripes, train=Split(stripes.train.pictures, labels)))


def test_train_refuses_outputs_that_the_data_has_no_label_for(stripes):
    with pytest.raises(
        InputError, match=r"5 outputs, and the data has 2 labels: lying, standing\..*n_classes=2\."
    ):
        quick(new_model(n_classes=5), stripes)


def test_train_refuses_pictures_of_another_size(stripes):
    model = tiny_cnn((32, 32, 3), 2, filters=(4,))

    with pytest.raises(InputError, match=r"shape \(32, 32, 3\); these are \(16, 16, 3\)"):
        quick(model, stripes)
