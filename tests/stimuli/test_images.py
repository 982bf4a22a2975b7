"""Images from files: what is read, and what is refused in words."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError, DataError
from hebbstat.stimuli import load_digits, load_images, split


def idx(array: np.ndarray) -> bytes:
    """An IDX file of bytes, as MNIST's."""
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Files of 20 images of 3 x 4 pixels and their labels, named as MNIST's."""
    pixels = np.arange(240).reshape(20, 3, 4)
    images, labels = tmp_path / "train-images-idx3-ubyte.gz", tmp_path / "train-labels-idx1-ubyte"
    images.write_bytes(gzip.compress(idx(pixels)))
    labels.write_bytes(idx(np.arange(20) % 2))
    return images, labels


def test_the_digits_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits as original

    ours, theirs = load_digits(), original()
    assert np.array_equal(ours.pixels * 16, theirs.data)
    assert np.array_equal(ours.labels, theirs.target)
    assert (ours.height, ours.width, len(ours)) == (8, 8, 1797)


def test_the_split_is_that_of_scikit_learn() -> None:
    from sklearn.model_selection import train_test_split

    images = load_digits()
    for seed, share in ((0, 0.2), (1000, 0.2), (7, 0.13), (3, 0.5)):
        train, test = train_test_split(
            np.arange(len(images)), test_size=share, stratify=images.labels, random_state=seed
        )
        ours = split(images, share=share, seed=seed)
        assert np.array_equal(ours[0].pixels, images.pixels[train])
        assert np.array_equal(ours[1].pixels, images.pixels[test])


def test_the_split_keeps_the_classes_in_proportion() -> None:
    images = load_digits()
    train, test = split(images, share=0.2, seed=4)
    assert len(train) + len(test) == len(images)
    assert np.abs(np.bincount(test.labels) - 0.2 * np.bincount(images.labels)).max() < 1


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_must_be_a_share(share: float) -> None:
    with pytest.raises(BadValueError, match="between 0 and 1"):
        split(load_digits(), share=share)


def test_a_class_on_one_side_only_is_refused() -> None:
    images = load_digits()
    with pytest.raises(BadValueError, match="fewer than the 10 classes"):
        split(images[np.argsort(images.labels, kind="stable")[::60]], share=0.2)


def test_idx_files_are_read_compressed_or_not_and_labels_found_beside(pair: tuple[Path, Path]) -> None:
    found = load_images(pair[0])
    assert found.pixels.shape == (20, 12)
    assert (found.height, found.width) == (3, 4)
    assert found.pixels.max() == 1.0
    assert np.array_equal(load_images(f"{pair[0]},{pair[1]}").pixels, found.pixels)


@pytest.mark.parametrize("shape", [(20, 3, 4), (20, 16)])
def test_npz_files_are_read(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.savez(tmp_path / "mine.npz", images=np.random.default_rng(0).random(shape), labels=np.arange(20) % 3)
    found = load_images(tmp_path / "mine.npz")
    assert found.pixels.shape == (20, np.prod(shape[1:]))
    assert (found.height, found.width) == ((3, 4) if len(shape) == 3 else (4, 4))


def test_the_digest_tells_images_apart() -> None:
    images = load_digits()
    assert images.digest == load_digits().digest != images[1:].digest


BAD_ARRAYS = {
    "images hold NaN": (np.full((4, 2, 2), np.nan), [0, 1, 0, 1], "NaN"),
    "pixels below 0": (-np.ones((4, 2, 2)), [0, 1, 0, 1], "below 0"),
    "all dark": (np.zeros((4, 2, 2)), [0, 1, 0, 1], "all pixels are 0"),
    "too few labels": (np.ones((4, 2, 2)), [0, 1], "4 images but labels of shape"),
    "labels that are not whole": (np.ones((4, 2, 2)), [0.5, 1, 0, 1], "whole numbers"),
    "labels that are texts": (np.ones((4, 2, 2)), ["a", "b", "a", "b"], "must be numbers"),
    "one class": (np.ones((4, 2, 2)), [3, 3, 3, 3], "two classes"),
    "one image flat": (np.ones(4), [0, 1, 0, 1], r"must be \[n"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_bad_arrays_are_named(tmp_path: Path, case: str) -> None:
    images, labels, words = BAD_ARRAYS[case]
    np.savez(tmp_path / "bad.npz", images=images, labels=labels)
    with pytest.raises(DataError, match=words):
        load_images(tmp_path / "bad.npz")


def test_a_missing_file_is_told_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "digits.npz").write_bytes(b"")
    with pytest.raises(DataError, match=r"did you mean 'digits\.npz'"):
        load_images(tmp_path / "digit.npz")
    with pytest.raises(DataError, match="no folder"):
        load_images(tmp_path / "nowhere" / "digit.npz")
    with pytest.raises(DataError, match="is a folder"):
        load_images(tmp_path)


def test_damaged_files_are_told(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    broken = tmp_path / "broken.npz"
    np.savez(broken, images=np.ones((4, 2, 2)), labels=[0, 1, 0, 1])
    broken.write_bytes(broken.read_bytes()[:100])
    with pytest.raises(DataError, match="cut off or no npz file"):
        load_images(broken)
    np.savez(broken, images=np.ones((4, 2, 2)), labels=[0, 1, 0, 1])
    whole = bytearray(broken.read_bytes())
    whole[200] ^= 0xFF  # within the pixels
    broken.write_bytes(whole)
    with pytest.raises(DataError, match="it is damaged: Bad CRC"):
        load_images(broken)
    np.savez(broken, images=np.array([[1], [1, 2]], dtype=object), labels=[0, 1])
    with pytest.raises(DataError, match="must be arrays of numbers, not of objects"):
        load_images(broken)
    np.savez(broken, pictures=np.ones((4, 2, 2)), labels=[0, 1, 0, 1])
    with pytest.raises(DataError, match="no array 'images'; it has: pictures, labels"):
        load_images(broken)
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DataError, match=r"neither an \.npz file"):
        load_images(tmp_path / "notes.txt")


def test_damaged_idx_files_are_told(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    images, labels = pair
    whole = images.read_bytes()
    images.write_bytes(whole[:-20])
    with pytest.raises(DataError, match="damaged gzip"):
        load_images(images)
    images.write_bytes(idx(np.zeros((20, 3, 4)))[:-5])
    with pytest.raises(DataError, match="promises 240 bytes"):
        load_images(images)
    images.write_bytes(b"\0\0\x08\x03" + 3 * b"\x80\0\0\0")
    with pytest.raises(DataError, match="promises 9,903,520,314,283,042,199,192,993,792 bytes"):
        load_images(images)
    images.write_bytes(b"\0\0\x0d\x03" + bytes(12))
    with pytest.raises(DataError, match="type 0x0d"):
        load_images(images)
    images.write_bytes(idx(np.arange(20)))
    with pytest.raises(DataError, match="is it the labels file"):
        load_images(images)
    images.write_bytes(idx(np.arange(120).reshape(10, 3, 4)))
    with pytest.raises(DataError, match="10 images but labels"):
        load_images(images)
    labels.unlink()
    with pytest.raises(DataError, match="no labels file"):
        load_images(images)
    images.rename(tmp_path / "odd")
    with pytest.raises(DataError, match="name both files"):
        load_images(tmp_path / "odd")
    (tmp_path / "odd").write_bytes(gzip.compress(b"text"))
    with pytest.raises(DataError, match="magic number"):
        load_images(f"{tmp_path / 'odd'},{tmp_path / 'odd'}")
