"""Models of KerasHub that take sounds, or texts with pictures: small, with random weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import keras_hub
import numpy as np

models = keras_hub.models
RNG = np.random.default_rng(23)
IDS = RNG.integers(1, 30, (2, 6))
SEEN = np.arange(6) < [[6], [3]]
PICTURES = RNG.uniform(0, 1, (2, 32, 32, 3)).astype("float32")
SPOKEN = RNG.normal(size=(2, 10, 80)).astype("float32")


def whisper() -> Any:
    return models.WhisperBackbone(
        vocabulary_size=30,
        num_layers=2,
        num_heads=2,
        hidden_dim=16,
        intermediate_dim=32,
        max_encoder_sequence_length=10,
        max_decoder_sequence_length=6,
    )


def whisper_encoder() -> keras.Model:
    whole = whisper()
    features = {"encoder_features": whole.input["encoder_features"]}
    return keras.Model(features, whole.output["encoder_sequence_output"])


def moonshine() -> Any:
    return models.MoonshineBackbone(
        vocabulary_size=30,
        filter_dim=16,
        encoder_num_layers=2,
        decoder_num_layers=2,
        hidden_dim=16,
        intermediate_dim=32,
        encoder_num_heads=2,
        decoder_num_heads=2,
        feedforward_expansion_factor=2,
        decoder_use_swiglu_activation=True,
        max_position_embeddings=64,
        partial_rotary_factor=0.62,
    )


def two_towers(kind: str) -> Any:
    return getattr(models, f"{kind}Backbone")(
        vision_encoder=getattr(models, f"{kind}VisionEncoder")(
            8, 16, 2, 2, 32, image_shape=(32, 32, 3), name="vision_encoder"
        ),
        text_encoder=getattr(models, f"{kind}TextEncoder")(
            30, 16, 16, 2, 2, 32, max_sequence_length=6, name="text_encoder"
        ),
        projection_dim=16,
    )


def pali_gemma() -> Any:
    return models.PaliGemmaBackbone(
        vocabulary_size=30,
        image_size=16,
        num_layers=2,
        num_query_heads=2,
        num_key_value_heads=1,
        hidden_dim=8,
        intermediate_dim=16,
        head_dim=4,
        vit_patch_size=4,
        vit_num_layers=2,
        vit_num_heads=2,
        vit_hidden_dim=8,
        vit_intermediate_dim=16,
    )


def parseq() -> Any:
    encoder = models.ViTBackbone(
        image_shape=(32, 32, 3),
        patch_size=(8, 8),
        num_layers=2,
        num_heads=2,
        hidden_dim=16,
        mlp_dim=32,
        use_class_token=False,
        name="image_encoder",
    )
    return models.PARSeqBackbone(
        image_encoder=encoder,
        vocabulary_size=30,
        max_label_length=6,
        decoder_hidden_dim=16,
        num_decoder_layers=1,
        num_decoder_heads=2,
        decoder_mlp_dim=32,
    )


def sam() -> Any:
    return models.SAMBackbone(
        image_encoder=models.ViTDetBackbone(
            hidden_size=16,
            num_layers=2,
            intermediate_dim=32,
            num_heads=2,
            global_attention_layer_indices=[1],
            patch_size=16,
            num_output_channels=8,
            window_size=2,
            image_shape=(32, 32, 3),
        ),
        prompt_encoder=keras_hub.layers.SAMPromptEncoder(
            hidden_size=8,
            image_embedding_size=(8, 8),
            input_image_size=(32, 32),
            mask_in_channels=16,
        ),
        mask_decoder=keras_hub.layers.SAMMaskDecoder(
            num_layers=2,
            hidden_size=16,
            intermediate_dim=32,
            num_heads=8,
            embedding_dim=8,
            num_multimask_outputs=3,
            iou_head_depth=3,
            iou_head_hidden_dim=8,
        ),
    )


CASES = {
    "Whisper": (
        whisper,
        {"encoder_features": SPOKEN, "decoder_token_ids": IDS, "decoder_padding_mask": SEEN},
    ),
    "Whisper, encoder": (whisper_encoder, {"encoder_features": SPOKEN}),
    "Moonshine": (
        moonshine,
        {
            "encoder_input_values": RNG.normal(size=(2, 4000, 1)).astype("float32"),
            "encoder_padding_mask": np.ones((2, 4000), bool),
            "decoder_token_ids": IDS,
            "decoder_padding_mask": SEEN,
        },
    ),
    "CLIP": (lambda: two_towers("CLIP"), {"images": PICTURES, "token_ids": IDS}),
    "MetaCLIP 2": (lambda: two_towers("MetaCLIP2"), {"images": PICTURES, "token_ids": IDS}),
    "SigLIP": (lambda: two_towers("SigLIP"), {"images": PICTURES, "token_ids": IDS}),
    "PaliGemma": (
        pali_gemma,
        {
            "token_ids": IDS,
            "images": PICTURES[:, :16, :16],
            "padding_mask": SEEN,
            "response_mask": np.arange(6) >= [[4], [2]],
        },
    ),
    "PARSeq": (parseq, {"images": PICTURES, "token_ids": IDS, "padding_mask": SEEN}),
    "SAM": (
        sam,
        {
            "images": PICTURES,
            "points": RNG.uniform(0, 32, (2, 2, 2)).astype("float32"),
            "labels": np.array([[1.0, 0.0], [1.0, 1.0]], "float32"),
            "boxes": RNG.uniform(0, 32, (2, 1, 2, 2)).astype("float32"),
            "masks": RNG.normal(size=(2, 1, 32, 32, 1)).astype("float32"),
        },
    ),
}


def cases() -> Iterator[tuple]:
    for name, (build, rows) in CASES.items():
        yield "KerasHub: sounds, texts with pictures", name, build, rows
