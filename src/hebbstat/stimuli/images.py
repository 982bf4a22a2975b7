"""Labelled images: scikit-learn's handwritten digits, or a file of the user's; and their split into training and test.

images = load_images(None)                      # the 1797 digits that come with scikit-learn
images = load_images("cells.npz")               # arrays `images` [n, h, w] or [n, pixels] and `labels` [n]
images = load_images("train-images-idx3-ubyte.gz")   # MNIST; the labels file is found beside it
train, test = split(images, share=0.2, seed=0)
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hebbstat.contract.errors import BadValueError, DataError, suggestion
from hebbstat.stimuli.idx import labels_beside, looks_like_idx, read_idx

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Images:
    """Images with a class each: `pixels` [n, height * width] from 0 to 1, `labels` [n] of 0 and more."""

    pixels: Floats
    labels: Integers
    height: int
    width: int
    source: str  # where they come from, in words

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: Any) -> Images:
        """The images of these indices, or of a slice."""
        return replace(self, pixels=self.pixels[which], labels=self.labels[which])

    @property
    def classes(self) -> Integers:
        """The labels that occur, sorted."""
        return np.unique(self.labels)

    @property
    def digest(self) -> str:
        """A sha256 of pixels and labels: the same for the same images, wherever they came from."""
        return hashlib.sha256(self.pixels.tobytes() + self.labels.tobytes()).hexdigest()


def load_images(data: str | Path | None = None) -> Images:
    """Read an npz file, an IDX (MNIST) file of images, or two IDX files 'IMAGES,LABELS'; None: scikit-learn's digits.

    Pixels are divided by the largest one. `DataError` for what is missing, damaged or does not fit together.
    """
    if data is None:
        return load_digits()
    first, comma, second = str(data).partition(",")
    path = _existing(first)
    if comma:
        return _from_idx(path, _existing(second))
    if path.suffix == ".npz":
        return _from_npz(path)
    if looks_like_idx(path):
        return _from_idx(path, labels_beside(path))
    raise DataError(
        f"'{path}' is neither an .npz file with arrays 'images' and 'labels' nor an IDX file (MNIST): "
        "save yours with numpy.savez_compressed('mine.npz', images=..., labels=...)"
    )


def load_digits() -> Images:
    """The 1797 handwritten digits of 8 x 8 pixels that come with scikit-learn (Alpaydin & Kaynak 1998)."""
    # Its own loader would import all of scikit-learn, which takes longer than to load a trained network.
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DataError("the digits come with scikit-learn, which is not installed: pip install scikit-learn")
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if not path.exists():
        raise DataError(
            f"scikit-learn's digits are not at '{path}': reinstall scikit-learn, or give images with --data FILE"
        )
    table = np.loadtxt(path, delimiter=",")
    return _images(table[:, :-1].reshape(-1, 8, 8), table[:, -1], "scikit-learn digits")


def split(images: Images, *, share: float = 0.2, seed: int = 0) -> tuple[Images, Images]:
    """Training and test images, each class in its proportion; `share` of the images (rounded up) are for the test.

    The same images as `train_test_split(..., test_size=share, stratify=labels, random_state=seed)` of scikit-learn
    gives, which takes a second to import. `BadValueError` where a class is too rare to be on both sides.
    """
    if not 0 < share < 1:
        raise BadValueError(f"share={share!r} of split must be between 0 and 1, such as 0.2")
    classes, codes, counts = np.unique(images.labels, return_inverse=True, return_counts=True)
    n_test = math.ceil(share * len(images))
    n_train = len(images) - n_test
    if counts.min() < 2:
        raise BadValueError(
            f"class {classes[counts.argmin()]} has a single image; a split needs at least two of each class"
        )
    if min(n_train, n_test) < len(classes):
        raise BadValueError(
            f"{len(images)} images give {n_train} for training and {n_test} for the test, "
            f"fewer than the {len(classes)} classes"
        )
    draw = np.random.RandomState(seed)
    in_train = _apportion(counts, n_train, draw)
    in_test = _apportion(counts - in_train, n_test, draw)
    train, test = [], []
    for code, (a, b) in enumerate(zip(in_train, in_test, strict=True)):
        members = np.flatnonzero(codes == code)
        members = members[draw.permutation(len(members))]
        train.append(members[:a])
        test.append(members[a : a + b])
    return images[draw.permutation(np.concatenate(train))], images[draw.permutation(np.concatenate(test))]


def _apportion(counts: Integers, total: int, draw: np.random.RandomState) -> Integers:
    """Whole numbers that sum to `total`, in proportion to `counts`: the largest remainders are rounded up."""
    exact = counts / counts.sum() * total
    parts = np.floor(exact).astype(np.int64)
    rest, missing = exact - parts, total - int(parts.sum())
    for value in np.unique(rest)[::-1]:
        if missing == 0:  # before the draw, which would move the generator even if it drew nothing
            break
        tied = np.flatnonzero(rest == value)
        chosen = draw.choice(tied, size=min(len(tied), missing), replace=False)
        parts[chosen] += 1
        missing -= len(chosen)
    return parts


def _existing(name: str) -> Path:
    path = Path(name.strip()).expanduser()
    if path.is_file():
        return path
    if path.is_dir():
        raise DataError(f"'{path}' is a folder; name the file of images in it")
    beside = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
    if not path.parent.is_dir():
        raise DataError(f"no file '{path}': there is no folder '{path.parent}'")
    raise DataError(f"no file '{path}'; {suggestion(path.name, beside[:12])}")


def _from_npz(path: Path) -> Images:
    if not zipfile.is_zipfile(path):
        raise DataError(
            f"'{path}' is cut off or no npz file: copy it again, or save yours with "
            "numpy.savez_compressed('mine.npz', images=..., labels=...)"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = {"images", "labels"} - set(file.files)
            if missing:
                raise DataError(
                    f"'{path}' has no array {' and no array '.join(sorted(map(repr, missing)))}; "
                    f"it has: {', '.join(file.files) or 'nothing'}"
                )
            pixels, labels = file["images"], file["labels"]
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, KeyError) as error:
        if isinstance(error, DataError):
            raise
        objects = "images and labels must be arrays of numbers, not of objects"
        why = objects if "Object arrays" in str(error) else f"it is damaged: {error}"
        raise DataError(f"'{path}' cannot be read; {why}") from error
    return _images(pixels, labels, path.name)


def _from_idx(images: Path, labels: Path) -> Images:
    pixels, classes = read_idx(images), read_idx(labels)
    if pixels.ndim != 3:
        raise DataError(
            f"'{images}' holds an array of shape {pixels.shape}, not images [n, height, width]; is it the labels file?"
        )
    if classes.ndim != 1:
        raise DataError(f"'{labels}' holds an array of shape {classes.shape}, not one label for each image")
    return _images(pixels, classes, images.name)


def _images(pixels: NDArray[Any], labels: NDArray[Any], source: str) -> Images:
    """Checked images with pixels from 0 to 1."""
    if pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise DataError(f"{source}: images have shape {pixels.shape}; they must be [n, height, width] or [n, pixels]")
    if pixels.dtype.kind not in "buif" or labels.dtype.kind not in "buif":
        raise DataError(f"{source}: images and labels must be numbers, not {pixels.dtype} and {labels.dtype}")
    if labels.shape != (len(pixels),):
        raise DataError(
            f"{source}: {len(pixels)} images but labels of shape {labels.shape}; one label for each image is needed"
        )
    flat = pixels.reshape(len(pixels), -1).astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(flat).all(axis=1))
    if wrong.size:
        raise DataError(f"{source}: {wrong.size} image(s) hold NaN or infinite pixels, the first is number {wrong[0]}")
    if flat.min() < 0:
        raise DataError(f"{source}: pixels go down to {flat.min():g}; they must not be below 0")
    if flat.max() == 0:
        raise DataError(f"{source}: all pixels are 0")
    classes = labels.astype(np.float64)
    if not np.isfinite(classes).all() or (classes != np.floor(classes)).any() or classes.min() < 0:
        raise DataError(f"{source}: labels must be whole numbers of 0 and more")
    if len(np.unique(classes)) < 2:
        raise DataError(f"{source}: all labels are {classes[0]:g}; at least two classes are needed")
    height, width = pixels.shape[1:] if pixels.ndim == 3 else _sides(flat.shape[1])
    return Images(flat / flat.max(), classes.astype(np.int64), height, width, source)


def _sides(pixels: int) -> tuple[int, int]:
    """Height and width of images given flat: square if they can be, else a row."""
    side = math.isqrt(pixels)
    return (side, side) if side * side == pixels else (1, pixels)
