"""What a layer costs: parameters, FLOPs and activation memory, as formulas and as measured, side by side.

formula.py         costs add up and repeat; the conventions that every number here is in
two_layers.py      an MLP and attention, derived product by product
layers.py          the formulas of the layers that all models share
language.py        Transformer, recurrent networks, Image GPT
vision.py          ViT, DeiT, CaiT, CPVT, CvT
convolutional.py   AlexNet, ResNet, ConvNeXt V2
maps.py            attention over feature maps: non-local, A², AA, axial, stand-alone, local relation
networks.py        the ResNets that hold them; hybrid ViT
multimodal.py      CLIP, a captioner, MMT, AV-Align
clock.py           milliseconds, which FLOPs are not
measured.py        what PyTorch counts while it runs; `table` prints both

formula = course.cost.vision.vit(**VARIANTS["B/16"])        # .flops == 35_127_656_448, of one image
print(table(build("B/16"), formula, (32, 3, 224, 224)))     # of 32
"""

from course.cost.clock import milliseconds
from course.cost.formula import FLOAT32, Cost, L, d, evaluate, human, multiply_adds, n
from course.cost.measured import Figures, measure, table
from course.cost.two_layers import (
    ATTENTION_LAYER,
    TWO_LAYERS,
    AttentionLayer,
    Derivation,
    Step,
    TwoLayers,
    product,
)

__all__ = [
    "ATTENTION_LAYER",
    "FLOAT32",
    "TWO_LAYERS",
    "AttentionLayer",
    "Cost",
    "Derivation",
    "Figures",
    "L",
    "Step",
    "TwoLayers",
    "d",
    "evaluate",
    "human",
    "measure",
    "milliseconds",
    "multiply_adds",
    "n",
    "product",
    "table",
]
