"""Data for the lessons: small, embedded and offline first."""

from course.data.captioned import Captioned, captioned
from course.data.clutter import Clutter, clutter
from course.data.digits import digit_set, digits
from course.data.folder import Folder, folder
from course.data.image_set import ImageSet
from course.data.number_words import number_words
from course.data.pairs import multi30k, pairs
from course.data.real import cifar10, cifar100, flowers102, svhn
from course.data.shapes import Shapes, shapes
from course.data.singing import Singing, singing
from course.data.text_lines import TextLines, characters, text_lines
from course.data.videos import Videos, videos

__all__ = [
    "Captioned",
    "Clutter",
    "Folder",
    "ImageSet",
    "Shapes",
    "Singing",
    "TextLines",
    "Videos",
    "captioned",
    "characters",
    "cifar10",
    "cifar100",
    "clutter",
    "digit_set",
    "digits",
    "flowers102",
    "folder",
    "multi30k",
    "number_words",
    "pairs",
    "shapes",
    "singing",
    "svhn",
    "text_lines",
    "videos",
]
