"""Distillation: a small network learns what a large one says, not only which class is right.

    soft = (1 − α) CE(s, y) + α τ² KL(softmax(t / τ) ‖ softmax(s / τ))        Hinton et al. 2015, section 2
    hard = (1 − α) CE(s, y) + α CE(s, argmax t)                               Touvron et al. 2021, equation 3

s and t are the logits of student and teacher. That a 7 is a little like a 1, and not at all like an 8, is in
the teacher's probabilities and in no label; a temperature τ above 1 makes such small ones count.

What people usually get wrong
- τ² is not decoration: gradients of the soft term shrink by it, and α would change its meaning with τ;
- both sides are divided by τ, in the loss only: the student is tested at τ = 1;
- the teacher is in evaluation mode, and sees *the same* crop and mixture as the student;
- a teacher that is certain of everything, as after long training on the same images, teaches no more than
  its labels do;
- KL is a sum over the classes and a mean over the images (`course.vision.deit`, where both losses are).
"""

from torch import Tensor, nn

from course.augment.mixing import Mix
from course.fewlabels.supervised import Augment, Supervised, accuracy, expect_targets, logits_of
from course.ssl.method import Batch, Told
from course.ssl.teacher import Teacher
from course.vision.deit import hard_distillation, soft_distillation


class Distillation(Supervised):
    """A student that learns from labels and from a teacher, both (B, C, H, W) -> logits (B, classes).

    alpha: how much the teacher counts, 0 … 1; with 1 labels do not. tau: the temperature. hard: learn only
    the teacher's choice, as DeiT does; there is no temperature then. A DeiT learns from the teacher by its
    second head. augment, mix: as of `Supervised`. Tells "accuracy", and "agreement" with the teacher.
    """

    def __init__(
        self,
        student: nn.Module,
        teacher: nn.Module,
        *,
        alpha: float = 0.5,
        tau: float = 3.0,
        hard: bool = False,
        augment: Augment | None = None,
        mix: Mix | None = None,
    ):
        super().__init__(student, augment=augment, mix=mix)
        self.alpha, self.tau, self.hard = alpha, tau, hard
        self.teacher = Teacher(teacher)

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        images, labels = batch["images"], batch["labels"]
        said = self.encoder(images)
        logits, distilled = said if isinstance(said, tuple) else (said, said)  # (B, classes) each
        logits, distilled = logits.float(), distilled.float()
        expect_targets(labels, logits)
        taught = logits_of(self.teacher, images).float()  # (B, classes)
        if self.hard:
            loss = hard_distillation(logits, distilled, taught, labels, self.alpha)
        else:
            loss = soft_distillation(logits, distilled, taught, labels, self.alpha, self.tau)
        told = {"accuracy": accuracy(logits, labels), "agreement": accuracy(distilled, taught)}
        return loss, told
