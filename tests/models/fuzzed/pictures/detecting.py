"""Models that choose among boxes."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed

RNG = np.random.default_rng(73)


def _boxes(count: int) -> list:
    corners = RNG.uniform(0, 0.6, (count, 2))
    return np.concatenate([corners, corners + 0.3], 1).astype("float32").tolist()


def _scores(*shape: int) -> list:
    return RNG.uniform(0, 1, shape).astype("float32").tolist()


@fuzzed
def detector() -> Fuzzed:
    """What detectors end with, padded to a fixed number of boxes."""

    def call(boxes, scores):
        found = tf.image.combined_non_max_suppression(
            boxes[:, :, None], scores, 3, 4, iou_threshold=0.5, score_threshold=0.1
        )
        return {
            "boxes": found.nmsed_boxes,
            "scores": found.nmsed_scores,
            "classes": found.nmsed_classes,
            "count": found.valid_detections,
        }

    model = function(call, boxes=(tf.float32, None, 4), scores=(tf.float32, None, 2))
    return Fuzzed(
        model,
        [
            {"boxes": _boxes(5), "scores": _scores(5, 2)},
            {"boxes": _boxes(1), "scores": _scores(1, 2)},
        ],
    )


@fuzzed
def chosen_boxes() -> Fuzzed:
    """Each row's boxes by themselves, with limits that the row names."""

    def call(boxes, scores, most, overlap, least):
        def own(row):
            boxes, scores, most, overlap, least = row
            plain = tf.image.non_max_suppression(boxes, scores, most, overlap, least)
            padded, count = tf.image.non_max_suppression_padded(
                boxes, scores, most, overlap, least, pad_to_max_output_size=False
            )
            soft, soft_scores = tf.image.non_max_suppression_with_scores(
                boxes, scores, most, overlap, least, soft_nms_sigma=0.3
            )
            return (
                tf.reduce_sum(tf.gather(boxes, plain)),
                count,
                tf.reduce_sum(soft_scores) + tf.cast(tf.size(padded) + tf.size(soft), tf.float32),
            )

        total, count, soft = each(
            own, (boxes, scores, most, overlap, least), (tf.float32, tf.int32, tf.float32)
        )
        return {"total": total, "count": count, "soft": soft}

    real = (tf.float32,)
    model = function(
        call,
        boxes=(tf.float32, None, 4),
        scores=(tf.float32, None),
        most=(tf.int32,),
        overlap=real,
        least=real,
    )
    return Fuzzed(
        model,
        [
            {"boxes": _boxes(5), "scores": _scores(5), "most": 3, "overlap": 0.5, "least": 0.0},
            {"boxes": _boxes(1), "scores": _scores(1), "most": 9, "overlap": 0.1, "least": 0.2},
        ],
    )


@fuzzed
def drawn_boxes() -> Fuzzed:
    """Boxes drawn into a picture, and overlaps that are known."""

    def call(picture, boxes, overlaps):
        drawn = tf.image.draw_bounding_boxes(picture, boxes, [[1.0, 0.0, 0.5, 1.0]])
        own = each(
            lambda row: tf.size(tf.image.non_max_suppression_overlaps(row[0], row[1], 3, 0.5, 0.1)),
            (overlaps, overlaps[:, 0]),
            tf.int32,
        )
        return {"drawn": tf.reduce_mean(drawn, [1, 2]), "count": own}

    model = function(
        call,
        picture=(tf.float32, None, None, 3),
        boxes=(tf.float32, None, 4),
        overlaps=(tf.float32, None, None),
    )
    picture = RNG.uniform(0, 1, (6, 5, 3)).astype("float32").tolist()
    return Fuzzed(
        model,
        [
            {"picture": picture, "boxes": _boxes(2), "overlaps": [[1, 0.2], [0.2, 1]]},
            {"picture": picture[:2], "boxes": _boxes(1), "overlaps": [[1]]},
        ],
    )
