"""Models of pictures of KerasHub, small and with random weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras_cv
import keras_hub
import numpy as np
from keras_hub.src.models.vae.vae_backbone import VAEBackbone

models = keras_hub.models
RNG = np.random.default_rng(19)


def picture(height: int, width: int = 0) -> np.ndarray:
    return RNG.uniform(0, 1, (2, height, width or height, 3)).astype("float32")


def resnet(**options: Any) -> Any:
    return models.ResNetBackbone(
        **{
            "input_conv_filters": [64],
            "input_conv_kernel_sizes": [7],
            "stackwise_num_filters": [64, 16, 16],
            "stackwise_num_blocks": [2, 2, 2],
            "stackwise_num_strides": [1, 2, 2],
            "block_type": "bottleneck_block",
            "use_pre_activation": False,
            "image_shape": (32, 32, 3),
            **options,
        }
    )


def vit(**options: Any) -> Any:
    return models.ViTBackbone(
        **{
            "image_shape": (28, 28, 3),
            "patch_size": (4, 4),
            "num_layers": 2,
            "hidden_dim": 24,
            "num_heads": 3,
            "mlp_dim": 48,
            **options,
        }
    )


def mit(**options: Any) -> Any:
    return models.MiTBackbone(
        layerwise_depths=[2, 2],
        image_shape=(32, 32, 3),
        hidden_dims=[4, 8],
        num_layers=2,
        layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[8, 4],
        max_drop_path_rate=0.1,
        layerwise_patch_sizes=[7, 3],
        layerwise_strides=[4, 2],
        **options,
    )


def segformer(**options: Any) -> Any:
    return models.SegFormerBackbone(projection_filters=16, image_encoder=mit(), **options)


def mobilenet(**options: Any) -> Any:
    return models.MobileNetBackbone(
        stackwise_expansion=[[16, 24], [24, 48]],
        stackwise_num_blocks=[2, 2],
        stackwise_num_filters=[[8, 8], [16, 16]],
        stackwise_kernel_size=[[3, 3], [5, 5]],
        stackwise_num_strides=[[2, 1], [2, 1]],
        stackwise_se_ratio=[[None, None], [0.25, 0.25]],
        stackwise_activation=[["relu", "relu"], ["hard_swish", "hard_swish"], ["hard_swish"]],
        stackwise_padding=[[1, 1], [2, 2]],
        output_num_filters=64,
        input_activation="hard_swish",
        output_activation="hard_swish",
        input_num_filters=8,
        image_shape=(32, 32, 3),
        depthwise_filters=8,
        depthwise_stride=2,
        depthwise_residual=False,
        squeeze_and_excite=0.5,
        last_layer_filter=48,
        **options,
    )


def efficientnet(**options: Any) -> Any:
    return models.EfficientNetBackbone(
        stackwise_kernel_sizes=[3, 3, 3],
        stackwise_num_repeats=[1, 2, 2],
        stackwise_input_filters=[8, 8, 16],
        stackwise_output_filters=[8, 16, 24],
        stackwise_expansion_ratios=[1, 4, 4],
        stackwise_squeeze_and_excite_ratios=[0.0, 0.25, 0.25],
        stackwise_strides=[1, 2, 2],
        stackwise_block_types=["fused", "fused", "unfused"],
        stackwise_force_input_filters=[0] * 3,
        stackwise_nores_option=[False] * 3,
        width_coefficient=1.0,
        depth_coefficient=1.0,
        image_shape=(32, 32, 3),
        **options,
    )


def mobilenet_v5() -> Any:
    return models.MobileNetV5Backbone(
        stackwise_block_types=[["er"], ["uir", "uir"]],
        stackwise_num_blocks=[1, 2],
        stackwise_num_filters=[[8], [16, 16]],
        stackwise_strides=[[2], [2, 1]],
        stackwise_act_layers=[["relu"], ["relu", "relu"]],
        stackwise_exp_ratios=[[4.0], [6.0, 6.0]],
        stackwise_se_ratios=[[0.0], [0.0, 0.0]],
        stackwise_dw_kernel_sizes=[[0], [5, 5]],
        stackwise_dw_start_kernel_sizes=[[0], [0, 0]],
        stackwise_dw_end_kernel_sizes=[[0], [0, 0]],
        stackwise_exp_kernel_sizes=[[3], [0, 0]],
        stackwise_pw_kernel_sizes=[[1], [0, 0]],
        stackwise_num_heads=[[0], [0, 0]],
        stackwise_key_dims=[[0], [0, 0]],
        stackwise_value_dims=[[0], [0, 0]],
        stackwise_kv_strides=[[0], [0, 0]],
        stackwise_use_cpe=[[False], [False, False]],
        image_shape=(32, 32, 3),
        stem_size=8,
        use_msfa=False,
    )


def cspnet() -> Any:
    return models.CSPNetBackbone(
        stem_filters=8,
        stem_kernel_size=3,
        stem_strides=1,
        stackwise_strides=2,
        stackwise_depth=[1, 2, 2],
        stackwise_num_filters=[8, 12, 16],
        image_shape=(32, 32, 3),
        down_growth=True,
        bottle_ratio=(0.5, 1.0),
        block_ratio=(1.0, 0.5),
        expand_ratio=(2.0, 1.0),
        block_type="dark_block",
        stage_type="csp",
        stem_padding="same",
    )


def hgnet() -> Any:
    return models.HGNetV2Backbone(
        embedding_size=16,
        stem_channels=[3, 8, 16],
        hidden_act="relu",
        use_learnable_affine_block=True,
        image_shape=(32, 32, 3),
        depths=[1, 1],
        hidden_sizes=[16, 32],
        stackwise_stage_filters=[[16, 8, 16, 1, 1, 3], [16, 8, 32, 1, 1, 3]],
        apply_downsample=[False, True],
        use_lightweight_conv_block=[False, True],
        out_features=["stem", "stage1", "stage2"],
    )


def dino(kind: str = "DINOV2", **options: Any) -> Any:
    return getattr(models, f"{kind}Backbone")(
        **{
            "patch_size": 14,
            "num_layers": 2,
            "hidden_dim": 16,
            "num_heads": 2,
            "intermediate_dim": 32,
            "layer_scale_init_value": 1.0,
            "num_register_tokens": 0,
            "image_shape": (42, 42, 3),
            **options,
        }
    )


def depth_anything() -> Any:
    return models.DepthAnythingBackbone(
        image_encoder=dino(
            num_layers=4, apply_layernorm=True, image_shape=(84, 84, 3), name="image_encoder"
        ),
        reassemble_factors=[4, 2, 1, 0.5],
        neck_hidden_dims=[8, 8, 16, 16],
        fusion_hidden_dim=16,
        head_hidden_dim=8,
        head_in_index=-1,
        feature_keys=["stage1", "stage2", "stage3", "stage4"],
    )


def deeplab() -> Any:
    return models.DeepLabV3Backbone(
        image_encoder=resnet(image_shape=(None, None, 3), block_type="basic_block"),
        low_level_feature_key="P2",
        spatial_pyramid_pooling_key="P4",
        dilation_rates=[2, 3, 4],
        upsampling_size=4,
        image_shape=(64, 64, 3),
    )


def retinanet() -> Any:
    encoder = resnet(
        image_shape=(64, 64, 3),
        stackwise_num_filters=[64, 16, 16, 16],
        stackwise_num_blocks=[1, 1, 1, 1],
        stackwise_num_strides=[1, 2, 2, 2],
    )
    return models.RetinaNetBackbone(image_encoder=encoder, min_level=3, max_level=5, use_p5=True)


def yolo() -> Any:
    return keras_cv.models.YOLOV8Backbone(
        stackwise_channels=[8, 16, 32, 32],
        stackwise_depth=[1, 1, 1, 1],
        include_rescaling=False,
        input_shape=(64, 64, 3),
    )


PICTURES: dict[str, tuple[Callable[[], Any], int]] = {
    "ViT": (vit, 28),
    "DeiT": (
        lambda: models.DeiTBackbone(
            image_shape=(28, 28, 3),
            patch_size=4,
            num_layers=2,
            hidden_dim=24,
            num_heads=3,
            intermediate_dim=48,
        ),
        28,
    ),
    "DINOv2": (dino, 42),
    "DINOv2 with registers": (lambda: dino(num_register_tokens=2, use_swiglu_ffn=True), 42),
    "DINOv3": (
        lambda: dino("DINOV3", patch_size=16, num_register_tokens=4, image_shape=(48, 48, 3)),
        48,
    ),
    "ViTDet": (
        lambda: models.ViTDetBackbone(
            image_shape=(16, 16, 3),
            patch_size=2,
            hidden_size=8,
            num_layers=2,
            global_attention_layer_indices=[1],
            intermediate_dim=16,
            num_heads=2,
            num_output_channels=4,
            window_size=2,
        ),
        16,
    ),
    "Swin": (
        lambda: models.SwinTransformerBackbone(
            image_shape=(32, 32, 3), embed_dim=16, depths=(2, 2), num_heads=(2, 4), window_size=4
        ),
        32,
    ),
    "ResNet": (resnet, 32),
    "ResNet basic block": (lambda: resnet(block_type="basic_block"), 32),
    "ResNet v2": (lambda: resnet(use_pre_activation=True), 32),
    "ResNet vd": (
        lambda: resnet(
            block_type="bottleneck_block_vd",
            input_conv_filters=[8, 8, 64],
            input_conv_kernel_sizes=[3, 3, 3],
        ),
        32,
    ),
    "MobileNet": (mobilenet, 32),
    "MobileNet v5": (mobilenet_v5, 32),
    "EfficientNet": (efficientnet, 32),
    "DenseNet": (
        lambda: models.DenseNetBackbone(
            stackwise_num_repeats=[2, 2, 2],
            compression_ratio=0.5,
            growth_rate=4,
            image_shape=(32, 32, 3),
        ),
        32,
    ),
    "CSPDarkNet": (cspnet, 32),
    "HGNet v2": (hgnet, 32),
    "VGG": (
        lambda: models.VGGBackbone(
            stackwise_num_repeats=[2, 2], stackwise_num_filters=[8, 16], image_shape=(16, 16, 3)
        ),
        16,
    ),
    "Xception": (
        lambda: models.XceptionBackbone(
            stackwise_conv_filters=[[8, 16], [32, 32], [64, 64]],
            stackwise_pooling=[False, True, False],
            image_shape=(64, 64, 3),
        ),
        64,
    ),
    "MiT": (mit, 32),
    "SegFormer": (segformer, 32),
    "DeepLab v3": (deeplab, 64),
    "RetinaNet": (retinanet, 64),
    "Depth Anything": (depth_anything, 84),
    "VAE": (
        lambda: VAEBackbone(
            [32, 32], [1, 1], [32, 32], [1, 1], sampler_method="mode", image_shape=(32, 32, 3)
        ),
        32,
    ),
    "YOLOv8, KerasCV": (yolo, 64),
    "YOLOv8, detector, KerasCV": (
        lambda: keras_cv.models.YOLOV8Detector(
            num_classes=4, bounding_box_format="xyxy", backbone=yolo(), fpn_depth=1
        ),
        64,
    ),
    "ResNet, classifier": (
        lambda: models.ResNetImageClassifier(backbone=resnet(), num_classes=3),
        32,
    ),
    "ViT, classifier": (lambda: models.ViTImageClassifier(backbone=vit(), num_classes=3), 28),
    "SegFormer, segmenter": (
        lambda: models.SegFormerImageSegmenter(backbone=segformer(), num_classes=3),
        32,
    ),
}
HALVES = {"ViT": (vit, 28), "ResNet": (resnet, 32)}


def cases() -> Iterator[tuple]:
    for name, (build, size) in PICTURES.items():
        yield "KerasHub: pictures", name, build, picture(size)
    for name, (build, size) in HALVES.items():
        for dtype in ("mixed_float16", "float16", "mixed_bfloat16", "bfloat16"):
            made = lambda build=build, dtype=dtype: build(dtype=dtype)  # noqa: E731
            yield "half precision", f"{name} {dtype}", made, picture(size)
