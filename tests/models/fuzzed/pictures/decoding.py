"""Models that decode pictures, of one format each and of any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed

RNG = np.random.default_rng(71)


def pixels(height: int, width: int, channels: int = 3) -> np.ndarray:
    """A picture with edges, and not only noise."""
    steps = np.add.outer(np.arange(height) * 40, np.arange(width) * 9) % 256
    noise = RNG.integers(0, 20, (height, width, channels))
    return np.clip(steps[:, :, None] + noise, 0, 255).astype("uint8")


def jpeg(height: int, width: int, channels: int = 3, **options) -> bytes:
    return tf.io.encode_jpeg(pixels(height, width, channels), **options).numpy()


def png(height: int, width: int, channels: int = 3) -> bytes:
    return tf.io.encode_png(pixels(height, width, channels)).numpy()


def bmp(height: int, width: int) -> bytes:
    """TensorFlow writes none."""
    rows = pixels(height, width)[::-1]
    padded = b"".join(row.tobytes() + bytes(-len(row.tobytes()) % 4) for row in rows)
    sizes = (54 + len(padded)).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    header = np.array([40, width, height], "<i4").tobytes() + np.array([1, 24], "<i2").tobytes()
    rest = np.array([0, len(padded), 2835, 2835, 0, 0], "<i4").tobytes()
    return b"BM" + sizes + header + rest + padded


def gif(frames: int = 2) -> bytes:
    """Of four colours, 4 by 4; each frame has codes of three bits and clears after two of them."""
    screen = b"GIF89a" + bytes([4, 0, 4, 0, 0x81, 0, 0])
    colours = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    made = screen + colours
    for frame in range(frames):
        codes = [4]
        for pixel in range(16):
            codes += [(pixel + frame) % 4] + ([4] if pixel % 2 else [])
        bits = sum(code << (3 * place) for place, code in enumerate([*codes, 5]))
        data = bits.to_bytes((3 * (len(codes) + 1) + 7) // 8, "little")
        made += b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b"\x2c" + bytes([0, 0, 0, 0, 4, 0, 4, 0, 0])
        made += bytes([2, len(data)]) + data + b"\x00"
    return made + b"\x3b"


def _decoded(decode: Callable, pictures: list[bytes]) -> Fuzzed:
    """Decodes a picture, makes it small, and says what is bright."""

    def call(picture):
        def own(text):
            found = decode(text)
            small = tf.image.resize(tf.cast(found, tf.float32), [3, 3])
            return small, tf.shape(found)

        small, shape = each(own, picture, (tf.TensorSpec([3, 3, None]), tf.int32))
        return {"bright": tf.reduce_mean(small, [2, 3]), "shape": tf.ensure_shape(shape, [None, 3])}

    return Fuzzed(function(call, picture=(tf.string,)), [{"picture": text} for text in pictures])


@fuzzed
def jpegs() -> Fuzzed:
    pictures = [jpeg(9, 7), jpeg(8, 16, 1), jpeg(20, 5, progressive=True)]
    return _decoded(lambda text: tf.io.decode_jpeg(text, channels=3), pictures)


@fuzzed
def jpegs_at_half() -> Fuzzed:
    """Made smaller while it is decoded, with what is broken left gray."""

    def decode(text):
        return tf.io.decode_jpeg(
            text,
            ratio=2,
            fancy_upscaling=False,
            try_recover_truncated=True,
            acceptable_fraction=0.2,
        )

    return _decoded(decode, [jpeg(19, 17), jpeg(33, 30, 1)])


@fuzzed
def pngs() -> Fuzzed:
    pictures = [png(5, 4), png(3, 3, 1), png(2, 6, 4), png(4, 4, 2)]
    return _decoded(lambda text: tf.io.decode_png(text, channels=4), pictures)


@fuzzed
def deep_pngs() -> Fuzzed:
    deep = tf.io.encode_png(pixels(4, 5).astype("uint16") * 257).numpy()
    return _decoded(lambda text: tf.io.decode_png(text, dtype=tf.uint16), [deep, png(3, 4, 1)])


@fuzzed
def gifs() -> Fuzzed:
    return _decoded(lambda text: tf.io.decode_gif(text)[0], [gif(1), gif(3)])


@fuzzed
def bmps() -> Fuzzed:
    return _decoded(tf.io.decode_bmp, [bmp(3, 2), bmp(2, 5)])


@fuzzed
def any_pictures() -> Fuzzed:
    """Of any format, as the row has it."""

    def decode(text):
        return tf.cond(
            tf.strings.substr(text, 0, 2) == "BM",
            lambda: tf.io.decode_bmp(text, channels=3),
            lambda: tf.io.decode_png(text, channels=3),
        )

    return _decoded(decode, [jpeg(9, 7), png(5, 4), gif(1), bmp(3, 2)])


@fuzzed
def windows() -> Fuzzed:
    """A part of a JPEG, where the row says."""

    def call(picture, window):
        def own(row):
            cut = tf.image.decode_and_crop_jpeg(row[0], row[1], channels=3)
            return tf.shape(cut), tf.image.extract_jpeg_shape(row[0])

        cut, whole = each(own, (picture, window), (tf.int32, tf.int32))
        return {"cut": tf.ensure_shape(cut, [None, 3]), "whole": tf.ensure_shape(whole, [None, 3])}

    model = function(call, picture=(tf.string,), window=(tf.int32, 4))
    return Fuzzed(
        model,
        [
            {"picture": jpeg(9, 7), "window": [0, 0, 9, 7]},
            {"picture": jpeg(20, 17, 3), "window": [2, 3, 5, 8]},
        ],
    )
