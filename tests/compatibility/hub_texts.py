"""Language models of KerasHub, small and with random weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras_hub
import numpy as np

models = keras_hub.models
RNG = np.random.default_rng(17)
LENGTH = 6
VOCABULARY = 30
SIZES = {"vocabulary_size": VOCABULARY, "num_layers": 2, "hidden_dim": 16, "intermediate_dim": 32}
HEADS = {**SIZES, "num_heads": 2}
PLACES = {**HEADS, "max_sequence_length": LENGTH}
GROUPED = {**SIZES, "num_query_heads": 4, "num_key_value_heads": 2}
EXPERTS = {**GROUPED, "num_experts": 4, "top_k": 2}

# The last row is padding but for one word.
ROWS = {
    "token_ids": RNG.integers(1, VOCABULARY, (3, LENGTH)),
    "padding_mask": np.arange(LENGTH) < [[6], [4], [1]],
    "segment_ids": np.arange(LENGTH) >= [[3], [2], [6]],
    "mask_positions": np.array([[1, 3], [0, 2], [0, 0]]),
}
ROWS["encoder_token_ids"] = ROWS["token_ids"]
ROWS["encoder_padding_mask"] = ROWS["padding_mask"]
ROWS["decoder_token_ids"] = RNG.integers(1, VOCABULARY, (3, LENGTH - 1))
ROWS["decoder_padding_mask"] = np.arange(LENGTH - 1) < [[5], [2], [3]]
WORDS = ("token_ids", "padding_mask")
PAIRS = (*WORDS, "segment_ids")
BOTH = ("encoder_token_ids", "encoder_padding_mask", "decoder_token_ids", "decoder_padding_mask")


def _both(**options: Any) -> dict[str, Any]:
    """Options that an encoder and a decoder have alike."""
    return {
        f"{side}_{name}": value
        for side in ("encoder", "decoder")
        for name, value in options.items()
    }


T5_GEMMA = {
    "vocabulary_size": VOCABULARY,
    **_both(
        hidden_dim=16,
        intermediate_dim=32,
        num_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        layer_types=["sliding_attention", "full_attention"],
    ),
    "dropout_rate": 0.1,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True,
    "query_pre_attn_scalar": 1.0,
    "attention_bias": False,
    "hidden_activation": "gelu_approximate",
    "sliding_window": 4,
    "cross_attention_hidden_size": 16,
    "attn_logit_softcapping": 50.0,
    "rope_max_wavelength": 10000.0,
    "initializer_range": 0.04,
    "attention_dropout": 0.1,
}
SMOL = {
    **SIZES,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "attention_bias": False,
    "attention_dropout": 0.0,
    "rope_layer_enabled_list": [True, False],
    "layer_types": ["attention", "attention"],
    "mlp_bias": False,
    "layer_norm_epsilon": 1e-5,
    "max_position_embeddings": 16,
    "rope_theta": 10000.0,
    "partial_rotary_factor": 1.0,
}
ALBERT = {**PLACES, "num_groups": 1, "num_inner_repetitions": 1, "embedding_dim": 8}
GEMMA = {**SIZES, "num_query_heads": 4, "num_key_value_heads": 1, "head_dim": 4}
GEMMA_3 = {
    **GEMMA,
    "image_size": 16,
    "query_head_dim_normalize": True,
    "use_query_key_norm": True,
    "use_post_ffw_norm": True,
    "use_post_attention_norm": True,
    "use_sliding_window_attention": True,
    "sliding_window_size": 3,
    "vision_encoder": None,
}
QWEN_MOE = {**EXPERTS, "moe_intermediate_dim": 16, "shared_expert_intermediate_dim": 32}
ELECTRA = {**PLACES, "embedding_dim": 8}
ELECTRA["vocab_size"] = ELECTRA.pop("vocabulary_size")
RWKV = {
    "vocabulary_size": VOCABULARY,
    "hidden_size": 16,
    "num_layers": 2,
    "head_size": 4,
    "intermediate_dim": 32,
    "gate_lora": 8,
    "mv_lora": 8,
    "aaa_lora": 8,
    "decay_lora": 8,
}

# By their names in the table: the class, what makes it, and its inputs.
BACKBONES: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "BERT": ("Bert", PLACES, PAIRS),
    "RoBERTa": ("Roberta", PLACES, WORDS),
    "XLM-RoBERTa": ("XLMRoberta", PLACES, WORDS),
    "DistilBERT": ("DistilBert", PLACES, WORDS),
    "ALBERT": ("Albert", ALBERT, PAIRS),
    "DeBERTa v3": ("DebertaV3", {**PLACES, "bucket_size": 4}, WORDS),
    "ELECTRA": ("Electra", ELECTRA, PAIRS),
    "FNet": ("FNet", {**SIZES, "max_sequence_length": LENGTH}, ("token_ids", "segment_ids")),
    "RoFormer v2": ("RoformerV2", {**HEADS, "head_size": 8}, ("token_ids", "segment_ids")),
    "XLNet": ("XLNet", HEADS, PAIRS),
    "ESM": ("ESM", HEADS, ("token_ids",)),
    "GPT-2": ("GPT2", PLACES, WORDS),
    "GPT-NeoX": ("GPTNeoX", PLACES, WORDS),
    "GPT-OSS": ("GptOss", {**EXPERTS, "sliding_window": 3}, WORDS),
    "OPT": ("OPT", PLACES, WORDS),
    "BLOOM": ("Bloom", HEADS, WORDS),
    "Falcon": ("Falcon", {**SIZES, "num_attention_heads": 4}, WORDS),
    "Gemma": ("Gemma", GEMMA, WORDS),
    "Gemma 2": (
        "Gemma",
        {
            **GEMMA,
            "use_post_ffw_norm": True,
            "use_post_attention_norm": True,
            "attention_logit_soft_cap": 50.0,
            "use_sliding_window_attention": True,
            "sliding_window_size": 3,
        },
        WORDS,
    ),
    "Gemma 3": ("Gemma3", GEMMA_3, WORDS),
    "Llama": ("Llama", GROUPED, WORDS),
    "Llama 3": ("Llama3", GROUPED, WORDS),
    "Mistral": ("Mistral", {**GROUPED, "sliding_window": 3}, WORDS),
    "Mixtral": ("Mixtral", {**EXPERTS, "sliding_window": 3}, WORDS),
    "Phi-3": ("Phi3", GROUPED, WORDS),
    "Qwen": ("Qwen", GROUPED, WORDS),
    "Qwen MoE": ("QwenMoe", QWEN_MOE, WORDS),
    "Qwen 3": ("Qwen3", {**GROUPED, "head_dim": 4}, WORDS),
    "SmolLM 3": ("SmolLM3", SMOL, WORDS),
    "T5": ("T5", HEADS, BOTH),
    "T5Gemma": ("T5Gemma", T5_GEMMA, BOTH),
    "BART": ("Bart", PLACES, BOTH),
}


def _backbone(name: str, **options: Any) -> Any:
    kind, given, _ = BACKBONES[name]
    return getattr(models, f"{kind}Backbone")(**given, **options)


def _rows(names: tuple[str, ...]) -> dict[str, np.ndarray]:
    return {name: ROWS[name] for name in names}


def _tasks() -> Iterator[tuple[str, Callable[[], Any], tuple[str, ...]]]:
    """What is trained on a backbone."""
    masked = ("mask_positions",)
    tasks = {
        "classifier": ("TextClassifier", {"num_classes": 3}, ()),
        "masked words": ("MaskedLM", {}, masked),
        "next word": ("CausalLM", {}, ()),
    }
    of = {
        "BERT": ("classifier", "masked words"),
        "RoBERTa": ("classifier",),
        "DistilBERT": ("classifier", "masked words"),
        "ALBERT": ("classifier", "masked words"),
        "DeBERTa v3": ("classifier",),
        "FNet": ("classifier",),
        "GPT-2": ("next word",),
        "Llama": ("next word",),
        "Gemma": ("next word",),
    }
    for name, those in of.items():
        for task in those:
            kind, options, more = tasks[task]

            def build(name: str = name, kind: str = kind, options: dict = options) -> Any:
                made = getattr(models, f"{BACKBONES[name][0]}{kind}")
                return made(backbone=_backbone(name), preprocessor=None, **options)

            yield f"{name}, {task}", build, BACKBONES[name][2] + more


def cases() -> Iterator[tuple]:
    for name, (_, _, inputs) in BACKBONES.items():
        yield "KerasHub: texts", name, lambda name=name: _backbone(name), _rows(inputs)
    for name, build, inputs in _tasks():
        yield "KerasHub: texts", name, build, _rows(inputs)
    for name in ("BERT", "DistilBERT", "GPT-2", "Llama"):
        for dtype in ("mixed_float16", "mixed_bfloat16", "bfloat16"):
            yield (
                "half precision",
                f"{name} {dtype}",
                lambda name=name, dtype=dtype: _backbone(name, dtype=dtype),
                _rows(BACKBONES[name][2]),
            )
