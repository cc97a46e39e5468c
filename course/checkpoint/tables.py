"""What the official files call what is ours: tables, and nothing but tables.

A row is: their name, our name, and what is done to the tensor ("as is" where nothing is). In a name, {i} and
{j} are numbers, {i+1} one that counts from 1 where we count from 0, {x} a last word such as weight or bias;
{qkv} stands for query, key and value, of which they keep one fused tensor. In `left_out`, * is anything.
Where a name has several rows, the first whose place the model has is taken.

The changes are those of `official.CHANGES`, and "position": learned positions, resized on request.

What people usually get wrong
- a fused qkv is three blocks of rows, all queries first; cut into heads first it is another network;
- Flax multiplies from the right, so its kernels are transposed, and keeps an axis for the heads;
- vit_jax has the GELU by tanh; ours, as timm's, is by erf. The same weights then give slightly different
  logits, for which there is no mistake in the mapping to be found.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """One official name, what it is called here, and what is done to its tensor."""

    theirs: str
    ours: str
    how: str = "as is"


class Layout(NamedTuple):
    """How the files of one publisher are laid out.

    `wrappers`: dictionary entries around the weights, entered where present, in this order; `prefixes`: taken
    off every name, in this order, `module.` before them; `left_out`: names that such files hold and that have
    no place here;
    `head`: how our names begin that `head=False` keeps; `head_only`: official names that only a head needs;
    `may_lack`: how our names end that an old file may lack.
    """

    rows: tuple[Row, ...]
    wrappers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    head: tuple[str, ...] = ("head.",)
    head_only: tuple[str, ...] = ()
    may_lack: tuple[str, ...] = ()


# --- ViT, as in timm, DeiT, DINO and MAE -----------------------------------------------------------------

VIT = (
    Row("cls_token", "cls"),
    Row("pos_embed", "position.table", "position"),
    Row("patch_embed.proj.{x}", "embedding.projection.{x}"),
    Row("blocks.{i}.norm1.{x}", "layers.{i}.norm1.{x}"),
    Row("blocks.{i}.attn.qkv.{x}", "layers.{i}.attention.{qkv}.{x}", "qkv"),
    Row("blocks.{i}.attn.proj.{x}", "layers.{i}.attention.output.{x}"),
    Row("blocks.{i}.norm2.{x}", "layers.{i}.norm2.{x}"),
    Row("blocks.{i}.mlp.fc1.{x}", "layers.{i}.mlp.expand.{x}"),
    Row("blocks.{i}.mlp.fc2.{x}", "layers.{i}.mlp.contract.{x}"),
    Row("norm.{x}", "norm.{x}"),
    Row("head.{x}", "head.{x}"),
)

# --- What DeiT and CaiT add to it ------------------------------------------------------------------------

DEIT = (
    Row("dist_token", "distillation"),
    Row("head_dist.{x}", "distillation_head.{x}"),
)
CAIT = (
    Row("blocks.{i}.attn.proj_l.{x}", "layers.{i}.attention.mix_scores.{x}"),
    Row("blocks.{i}.attn.proj_w.{x}", "layers.{i}.attention.mix_weights.{x}"),
    Row("blocks.{i}.gamma_1", "layers.{i}.after_attention.2.gamma"),
    Row("blocks.{i}.gamma_2", "layers.{i}.after_mlp.1.gamma"),
    Row("blocks_token_only.{i}.norm1.{x}", "class_layers.{i}.norm1.{x}"),
    Row("blocks_token_only.{i}.attn.q.{x}", "class_layers.{i}.attention.query.{x}"),
    Row("blocks_token_only.{i}.attn.k.{x}", "class_layers.{i}.attention.key.{x}"),
    Row("blocks_token_only.{i}.attn.v.{x}", "class_layers.{i}.attention.value.{x}"),
    Row("blocks_token_only.{i}.attn.proj.{x}", "class_layers.{i}.attention.output.{x}"),
    Row("blocks_token_only.{i}.gamma_1", "class_layers.{i}.after_attention.2.gamma"),
    Row("blocks_token_only.{i}.norm2.{x}", "class_layers.{i}.norm2.{x}"),
    Row("blocks_token_only.{i}.mlp.fc1.{x}", "class_layers.{i}.mlp.expand.{x}"),
    Row("blocks_token_only.{i}.mlp.fc2.{x}", "class_layers.{i}.mlp.contract.{x}"),
    Row("blocks_token_only.{i}.gamma_2", "class_layers.{i}.after_mlp.1.gamma"),
)

# --- ResNet, as in torchvision, timm and DINO ------------------------------------------------------------

RESNET = (
    Row("conv1.{x}", "stem.0.{x}"),
    Row("bn1.{x}", "stem.1.{x}"),
    Row("layer{i+1}.{j}.conv1.{x}", "stages.{i}.{j}.reduce.{x}"),
    Row("layer{i+1}.{j}.conv2.{x}", "stages.{i}.{j}.mixer.{x}"),
    Row("layer{i+1}.{j}.conv3.{x}", "stages.{i}.{j}.expand.{x}"),
    Row("layer{i+1}.{j}.conv1.{x}", "stages.{i}.{j}.convolution1.{x}"),  # of the basic block
    Row("layer{i+1}.{j}.conv2.{x}", "stages.{i}.{j}.convolution2.{x}"),
    Row("layer{i+1}.{j}.bn1.{x}", "stages.{i}.{j}.norm1.{x}"),
    Row("layer{i+1}.{j}.bn2.{x}", "stages.{i}.{j}.norm2.{x}"),
    Row("layer{i+1}.{j}.bn3.{x}", "stages.{i}.{j}.norm3.{x}"),
    Row("layer{i+1}.{j}.downsample.0.{x}", "stages.{i}.{j}.shortcut.0.{x}"),
    Row("layer{i+1}.{j}.downsample.1.{x}", "stages.{i}.{j}.shortcut.1.{x}"),
    Row("fc.{x}", "head.{x}"),
)
COUNTERS = (".num_batches_tracked",)  # of BatchNorm; files older than PyTorch 0.4.1 have none

# --- The ResNet in a hybrid ViT, as in timm --------------------------------------------------------------

UNIT = "patch_embed.backbone.stages.{i}.blocks.{j}"
PLACE = "backbone.stages.{i}.{j}"

HYBRID = (
    Row("patch_embed.backbone.stem.conv.{x}", "backbone.stem.0.{x}"),
    Row("patch_embed.backbone.stem.norm.{x}", "backbone.stem.1.{x}"),
    Row(UNIT + ".conv1.{x}", PLACE + ".reduce.{x}"),
    Row(UNIT + ".norm1.{x}", PLACE + ".norm1.{x}"),
    Row(UNIT + ".conv2.{x}", PLACE + ".mixer.{x}"),
    Row(UNIT + ".norm2.{x}", PLACE + ".norm2.{x}"),
    Row(UNIT + ".conv3.{x}", PLACE + ".expand.{x}"),
    Row(UNIT + ".norm3.{x}", PLACE + ".norm3.{x}"),
    Row(UNIT + ".downsample.conv.{x}", PLACE + ".shortcut.0.{x}"),
    Row(UNIT + ".downsample.norm.{x}", PLACE + ".shortcut.1.{x}"),
)

# --- ConvNeXt V2, as in its own repository and in timm ---------------------------------------------------

CONVNEXT = (
    Row("downsample_layers.{i}.{j}.{x}", "reductions.{i}.{j}.{x}"),
    Row("stages.{i}.{j}.dwconv.weight", "stages.{i}.{j}.depthwise.weight"),
    Row("stages.{i}.{j}.dwconv.bias", "stages.{i}.{j}.depthwise.bias", "flat"),
    Row("stages.{i}.{j}.norm.{x}", "stages.{i}.{j}.norm.{x}"),
    Row("stages.{i}.{j}.pwconv1.{x}", "stages.{i}.{j}.mlp.expand.{x}"),
    Row("stages.{i}.{j}.grn.{x}", "stages.{i}.{j}.mlp.activation.1.{x}", "flat"),
    Row("stages.{i}.{j}.pwconv2.{x}", "stages.{i}.{j}.mlp.contract.{x}"),
    Row("norm.{x}", "norm.{x}"),
    Row("head.{x}", "head.{x}"),
)
TIMM_CONVNEXT = (
    Row("stem.{j}.{x}", "reductions.0.{j}.{x}"),
    Row("stages.{i}.downsample.{j}.{x}", "reductions.{i}.{j}.{x}"),
    Row("stages.{i}.blocks.{j}.conv_dw.{x}", "stages.{i}.{j}.depthwise.{x}"),
    Row("stages.{i}.blocks.{j}.norm.{x}", "stages.{i}.{j}.norm.{x}"),
    Row("stages.{i}.blocks.{j}.mlp.fc1.weight", "stages.{i}.{j}.mlp.expand.weight", "1 × 1"),
    Row("stages.{i}.blocks.{j}.mlp.fc1.bias", "stages.{i}.{j}.mlp.expand.bias"),
    Row("stages.{i}.blocks.{j}.mlp.grn.weight", "stages.{i}.{j}.mlp.activation.1.gamma"),
    Row("stages.{i}.blocks.{j}.mlp.grn.bias", "stages.{i}.{j}.mlp.activation.1.beta"),
    Row("stages.{i}.blocks.{j}.mlp.fc2.weight", "stages.{i}.{j}.mlp.contract.weight", "1 × 1"),
    Row("stages.{i}.blocks.{j}.mlp.fc2.bias", "stages.{i}.{j}.mlp.contract.bias"),
    Row("head.norm.{x}", "norm.{x}"),
    Row("head.fc.{x}", "head.{x}"),
)

# --- CvT, as in its own repository -----------------------------------------------------------------------

CVT = (
    Row("stage{i}.patch_embed.proj.{x}", "embeddings.{i}.projection.{x}"),
    Row("stage{i}.patch_embed.norm.{x}", "embeddings.{i}.norm.{x}"),
    Row("stage{i}.cls_token", "cls"),
    Row("stage{i}.blocks.{j}.norm1.{x}", "stages.{i}.{j}.norm1.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_q.conv.{x}", "stages.{i}.{j}.attention.query_map.depthwise.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_q.bn.{x}", "stages.{i}.{j}.attention.query_map.norm.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_k.conv.{x}", "stages.{i}.{j}.attention.key_map.depthwise.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_k.bn.{x}", "stages.{i}.{j}.attention.key_map.norm.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_v.conv.{x}", "stages.{i}.{j}.attention.value_map.depthwise.{x}"),
    Row("stage{i}.blocks.{j}.attn.conv_proj_v.bn.{x}", "stages.{i}.{j}.attention.value_map.norm.{x}"),
    Row("stage{i}.blocks.{j}.attn.proj_q.{x}", "stages.{i}.{j}.attention.query.{x}"),
    Row("stage{i}.blocks.{j}.attn.proj_k.{x}", "stages.{i}.{j}.attention.key.{x}"),
    Row("stage{i}.blocks.{j}.attn.proj_v.{x}", "stages.{i}.{j}.attention.value.{x}"),
    Row("stage{i}.blocks.{j}.attn.proj.{x}", "stages.{i}.{j}.attention.output.{x}"),
    Row("stage{i}.blocks.{j}.norm2.{x}", "stages.{i}.{j}.norm2.{x}"),
    Row("stage{i}.blocks.{j}.mlp.fc1.{x}", "stages.{i}.{j}.mlp.expand.{x}"),
    Row("stage{i}.blocks.{j}.mlp.fc2.{x}", "stages.{i}.{j}.mlp.contract.{x}"),
    Row("norm.{x}", "norm.{x}"),
    Row("head.{x}", "head.{x}"),
)

# --- ViT in Flax, as in vit_jax and "How to train your ViT?" (augreg) ------------------------------------

LAYER = "Transformer/encoderblock_{i}"
ATTENTION = f"{LAYER}/MultiHeadDotProductAttention_1"

AUGREG = (
    Row("cls", "cls"),
    Row("Transformer/posembed_input/pos_embedding", "position.table", "position"),
    Row("embedding/kernel", "embedding.projection.weight", "HWIO"),
    Row("embedding/bias", "embedding.projection.bias"),
    Row(f"{LAYER}/LayerNorm_0/scale", "layers.{i}.norm1.weight"),
    Row(f"{LAYER}/LayerNorm_0/bias", "layers.{i}.norm1.bias"),
    Row(f"{ATTENTION}/query/kernel", "layers.{i}.attention.query.weight", "into heads"),
    Row(f"{ATTENTION}/query/bias", "layers.{i}.attention.query.bias", "heads"),
    Row(f"{ATTENTION}/key/kernel", "layers.{i}.attention.key.weight", "into heads"),
    Row(f"{ATTENTION}/key/bias", "layers.{i}.attention.key.bias", "heads"),
    Row(f"{ATTENTION}/value/kernel", "layers.{i}.attention.value.weight", "into heads"),
    Row(f"{ATTENTION}/value/bias", "layers.{i}.attention.value.bias", "heads"),
    Row(f"{ATTENTION}/out/kernel", "layers.{i}.attention.output.weight", "from heads"),
    Row(f"{ATTENTION}/out/bias", "layers.{i}.attention.output.bias"),
    Row(f"{LAYER}/LayerNorm_2/scale", "layers.{i}.norm2.weight"),
    Row(f"{LAYER}/LayerNorm_2/bias", "layers.{i}.norm2.bias"),
    Row(f"{LAYER}/MlpBlock_3/Dense_0/kernel", "layers.{i}.mlp.expand.weight", "transpose"),
    Row(f"{LAYER}/MlpBlock_3/Dense_0/bias", "layers.{i}.mlp.expand.bias"),
    Row(f"{LAYER}/MlpBlock_3/Dense_1/kernel", "layers.{i}.mlp.contract.weight", "transpose"),
    Row(f"{LAYER}/MlpBlock_3/Dense_1/bias", "layers.{i}.mlp.contract.bias"),
    Row("Transformer/encoder_norm/scale", "norm.weight"),
    Row("Transformer/encoder_norm/bias", "norm.bias"),
    Row("head/kernel", "head.weight", "transpose"),
    Row("head/bias", "head.bias"),
)
AUGREG_HYBRID = (
    Row("conv_root/kernel", "backbone.stem.0.weight", "HWIO"),
    Row("gn_root/scale", "backbone.stem.1.weight", "flat"),  # some files have (1, 1, 1, C)
    Row("gn_root/bias", "backbone.stem.1.bias", "flat"),
    Row("block{i+1}/unit{j+1}/conv1/kernel", PLACE + ".reduce.weight", "HWIO"),
    Row("block{i+1}/unit{j+1}/gn1/scale", PLACE + ".norm1.weight", "flat"),
    Row("block{i+1}/unit{j+1}/gn1/bias", PLACE + ".norm1.bias", "flat"),
    Row("block{i+1}/unit{j+1}/conv2/kernel", PLACE + ".mixer.weight", "HWIO"),
    Row("block{i+1}/unit{j+1}/gn2/scale", PLACE + ".norm2.weight", "flat"),
    Row("block{i+1}/unit{j+1}/gn2/bias", PLACE + ".norm2.bias", "flat"),
    Row("block{i+1}/unit{j+1}/conv3/kernel", PLACE + ".expand.weight", "HWIO"),
    Row("block{i+1}/unit{j+1}/gn3/scale", PLACE + ".norm3.weight", "flat"),
    Row("block{i+1}/unit{j+1}/gn3/bias", PLACE + ".norm3.bias", "flat"),
    Row("block{i+1}/unit{j+1}/conv_proj/kernel", PLACE + ".shortcut.0.weight", "HWIO"),
    Row("block{i+1}/unit{j+1}/gn_proj/scale", PLACE + ".shortcut.1.weight", "flat"),
    Row("block{i+1}/unit{j+1}/gn_proj/bias", PLACE + ".shortcut.1.bias", "flat"),
)

# --- CLIP, as in its own repository ----------------------------------------------------------------------

VISUAL, WORDS = "visual.transformer.resblocks.{i}", "transformer.resblocks.{i}"
CLIP = (
    Row("visual.conv1.weight", "image.embedding.projection.weight"),
    Row("visual.class_embedding", "image.cls", "token"),
    Row("visual.positional_embedding", "image.position.table", "position"),
    Row("visual.ln_pre.{x}", "image.norm_pre.{x}"),
    Row("visual.ln_post.{x}", "image.norm.{x}"),
    Row("visual.proj", "image.projection.weight", "transpose"),
    Row("token_embedding.weight", "text.embedding.weight"),
    Row("positional_embedding", "text.position"),
    Row("ln_final.{x}", "text.norm.{x}"),
    Row("text_projection", "text.projection.weight", "transpose"),
    Row("logit_scale", "log_scale"),
    *(
        row
        for theirs, ours in ((VISUAL, "image.layers.{i}"), (WORDS, "text.layers.{i}"))
        for row in (
            Row(theirs + ".ln_1.{x}", ours + ".norm1.{x}"),
            Row(theirs + ".attn.in_proj_weight", ours + ".attention.{qkv}.weight", "qkv"),
            Row(theirs + ".attn.in_proj_bias", ours + ".attention.{qkv}.bias", "qkv"),
            Row(theirs + ".attn.out_proj.{x}", ours + ".attention.output.{x}"),
            Row(theirs + ".ln_2.{x}", ours + ".norm2.{x}"),
            Row(theirs + ".mlp.c_fc.{x}", ours + ".mlp.expand.{x}"),
            Row(theirs + ".mlp.c_proj.{x}", ours + ".mlp.contract.{x}"),
        )
    ),
)

# --- Who lays a file out like this -----------------------------------------------------------------------

LAYOUTS = {
    "timm": Layout(
        VIT + DEIT + CAIT + RESNET + HYBRID + TIMM_CONVNEXT,
        wrappers=("state_dict", "model"),
        head=("head.", "distillation_head."),
        may_lack=COUNTERS,
    ),
    "deit": Layout(  # facebookresearch/deit: DeiT and CaiT
        VIT + DEIT + CAIT,
        wrappers=("model",),
        head=("head.", "distillation_head."),
    ),
    "dino": Layout(  # facebookresearch/dino: ViT and ResNet-50, without a head
        VIT + RESNET,
        wrappers=("teacher",),
        prefixes=("backbone.",),
        left_out=("head.mlp.*", "head.last_layer.*"),  # the projection of the pre-training
        may_lack=COUNTERS,
    ),
    "mae": Layout(  # facebookresearch/mae: the encoder
        VIT,
        wrappers=("model",),
        left_out=(
            "mask_token",
            "decoder_embed.*",
            "decoder_pos_embed",
            "decoder_blocks.*",
            "decoder_norm.*",
            "decoder_pred.*",
        ),
    ),
    "torchvision": Layout(RESNET, may_lack=COUNTERS),
    "convnext-v2": Layout(CONVNEXT, wrappers=("model",)),  # facebookresearch/ConvNeXt-V2, fine-tuned
    "fcmae": Layout(  # the same, pre-trained: neither a head nor the norm before it
        CONVNEXT,
        wrappers=("model",),
        left_out=("mask_token", "proj.*", "decoder.*", "pred.*"),
        head=("head.", "norm."),
    ),
    "cvt": Layout(CVT, wrappers=("state_dict",), may_lack=COUNTERS),  # microsoft/CvT
    "augreg": Layout(  # google-research/vision_transformer: ViT and hybrids
        AUGREG + AUGREG_HYBRID,
        prefixes=("opt/target/",),
        left_out=("opt/state/*",),
        head_only=("pre_logits/*",),  # a tanh layer before the head of the first ImageNet-21k files
    ),
    "clip": Layout(  # openai/CLIP, both towers Transformers; the state, not the archive with code
        CLIP,
        wrappers=("state_dict",),
        left_out=("input_resolution", "context_length", "vocab_size"),
        head=(),
    ),
}
