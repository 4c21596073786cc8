"""Models of sounds and other signals."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed

RNG = np.random.default_rng(81)


def _wave(samples: int, channels: int = 1) -> bytes:
    sound = RNG.uniform(-0.5, 0.5, (samples, channels)).astype("float32")
    return tf.audio.encode_wav(sound, 8000).numpy()


@fuzzed
def waves() -> Fuzzed:
    """Files of sound, as a spectrogram and its coefficients."""

    def call(file):
        def own(text):
            sound, rate = tf.audio.decode_wav(text, desired_channels=1, desired_samples=256)
            spectrogram = tf.raw_ops.AudioSpectrogram(input=sound, window_size=64, stride=32)
            mfcc = tf.raw_ops.Mfcc(spectrogram=spectrogram, sample_rate=rate)
            return tf.reduce_mean(mfcc, [0, 1]), rate

        mfcc, rate = each(own, file, (tf.float32, tf.int32))
        return {"mfcc": tf.ensure_shape(mfcc, [None, 13]), "rate": rate}

    model = function(call, file=(tf.string,))
    return Fuzzed(model, [{"file": _wave(300)}, {"file": _wave(100, 2)}])


@fuzzed
def waves_of_any_length() -> Fuzzed:
    def call(file, window):
        def own(row):
            sound, rate = tf.audio.decode_wav(row[0])
            return tf.reduce_sum(tf.abs(sound)), tf.shape(sound), rate

        total, shape, rate = each(own, (file, window), (tf.float32, tf.int32, tf.int32))
        return {"total": total, "shape": tf.ensure_shape(shape, [None, 2]), "rate": rate}

    model = function(call, file=(tf.string,), window=(tf.int32,))
    return Fuzzed(model, [{"file": _wave(30), "window": 8}, {"file": _wave(9, 2), "window": 1}])


@fuzzed
def spectra() -> Fuzzed:
    """Transforms of samples; their number is the row's."""

    def call(samples):
        real = tf.signal.rfft(samples, [16])
        frames = tf.signal.stft(samples, 8, 4, pad_end=True)
        mel = tf.signal.linear_to_mel_weight_matrix(4, 5, 8000, 20.0, 3000.0)
        return {
            "magnitudes": tf.abs(real),
            "again": tf.signal.irfft(real, [16]),
            "mel": tf.reduce_mean(tf.matmul(tf.abs(frames), mel[None]), 1),
            "dct": tf.signal.dct(samples, 2, n=6),
            "whole": tf.math.real(tf.signal.fft(tf.cast(samples, tf.complex64))),
        }

    model = function(call, samples=(tf.float32, None))
    samples = [RNG.normal(size=n).astype("float32").tolist() for n in (9, 16, 30)]
    return Fuzzed(model, [{"samples": some} for some in samples])


@fuzzed
def transforms_of_own_length() -> Fuzzed:
    """The length of the transform is the row's, too."""

    def call(samples, length):
        def own(row):
            found = tf.signal.rfft(row[0], row[1][None])
            back = tf.signal.irfft(found, row[1][None])
            grid = tf.signal.rfft2d(row[0][None], tf.stack([1, row[1]]))
            return (tf.reduce_sum(tf.abs(found)), tf.reduce_sum(back), tf.reduce_sum(tf.abs(grid)))

        total, back, grid = each(own, (samples, length), (tf.float32,) * 3)
        return {"total": total, "back": back, "grid": grid}

    model = function(call, samples=(tf.float32, None), length=(tf.int32,))
    return Fuzzed(model, [{"samples": [1, 2, 3, 4], "length": 4}, {"samples": [5], "length": 3}])
