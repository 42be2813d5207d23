import numpy as np
import pytest

from tinymledu import models
from tinymledu.errors import InputError, MissingToolError
from tinymledu.models.vww import copy_vww_weights

SHAPE = (96, 96, 3)

pytestmark = pytest.mark.usefixtures("keras")


def write_h5(path, model, *, seed):
    """A file in the layout of vww_96.h5: a bias in every convolution, random values.

    Returns the arrays by layer, in order.
    """
    import h5py  # comes with TensorFlow

    rng = np.random.default_rng(seed)
    layers = [layer for layer in model.layers if layer.weights]
    written = []
    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [layer.name.encode() for layer in layers]
        for layer in layers:
            arrays = [rng.uniform(0.5, 1.5, w.shape).astype(np.float32) for w in layer.weights]
            if len(arrays) == 1:  # a convolution, ours without bias
                n_out = layer.output.shape[-1]
                arrays.append(rng.uniform(-1, 1, n_out).astype(np.float32))
            names = [f"array_{index}".encode() for index in range(len(arrays))]
            group = root.create_group(layer.name)
            group.attrs["weight_names"] = names
            for name, array in zip(names, arrays, strict=True):
                group[name.decode()] = array
            written.append(arrays)
    return written


@pytest.fixture
def model():
    return models.mobilenet_v1(SHAPE, 2, seed=1)


def test_copied_weights_compute_what_the_file_with_its_biases_does(model, tmp_path):
    written = write_h5(tmp_path / "vww_96.h5", model, seed=3)
    head = model.get_layer("scores").get_weights()

    copy_vww_weights(model, tmp_path / "vww_96.h5")

    (kernel, bias), (gamma, beta, mean, variance) = written[0], written[1]
    ours = model.get_layer("conv_0").get_weights()[0], *model.get_layer("conv_0_norm").get_weights()
    x = np.float32(0.3)  # what the kernel gives for some picture; normalization is per channel
    theirs = gamma * (x + bias - mean) / np.sqrt(variance + 1e-3) + beta
    result = ours[1] * (x - ours[3]) / np.sqrt(ours[4] + 1e-3) + ours[2]
    np.testing.assert_array_equal(ours[0], kernel)
    np.testing.assert_allclose(result, theirs, rtol=1e-5)  # one rounding of float32
    np.testing.assert_array_equal(model.get_layer("scores").get_weights()[0], head[0])


def test_copying_refuses_the_file_of_another_network(model, tmp_path):
    write_h5(tmp_path / "other.h5", models.tiny_cnn((48, 48, 3), 2), seed=3)

    with pytest.raises(InputError, match=r"other\.h5 is not the visual wake words network"):
        copy_vww_weights(model, tmp_path / "other.h5")


@pytest.mark.parametrize(
    "content", [b"", b"not a file of weights", b"\x89HDF\r\n\x1a\n" + bytes(99)]
)
def test_copying_refuses_bytes_that_are_no_weights(model, tmp_path, content):
    path = tmp_path / "vww_96.h5"
    path.write_bytes(content)

    with pytest.raises(InputError, match="tinymledu models fetch vww"):
        copy_vww_weights(model, path)


def test_vww_weights_that_are_not_here_name_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path))

    with pytest.raises(MissingToolError, match="tinymledu models fetch vww"):
        models.mobilenet_v1(SHAPE, 2, weights="vww")
