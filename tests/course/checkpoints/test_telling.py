"""What captioners and listeners are measured by, on models that have learnt nothing."""

import torch

from course.checkpoints.telling import captions_right, songs_right
from course.data.captioned import captioned
from course.data.singing import singing
from course.language.translate import Words
from course.multimodal import small


def test_a_captioner_that_has_learnt_nothing_looks_everywhere_alike():
    data = captioned(40)
    torch.manual_seed(0)
    method = small.telling(Words(data.captions), hard=False).eval()
    with torch.no_grad():
        method.model.attention.score.weight.zero_()  # all places alike
    whole, looks = captions_right(method, data)
    assert whole.this == 0 and 0 < whole.beside["a caption by lot"] < 10
    torch.testing.assert_close(looks.this, looks.beside["everywhere alike"], rtol=0.02, atol=0)


def test_a_listener_that_has_learnt_nothing():
    data = singing(6)
    torch.manual_seed(0)
    method = small.listening(Words(data.captions)).eval()
    with torch.no_grad():
        method.model.ask.weight.zero_()
    whole, looks = songs_right(method, data)
    assert whole.this == 0 and {*whole.beside} == {"the picture grey", "no sound"}
    torch.testing.assert_close(looks.this, looks.beside["everywhere alike"], rtol=1e-3, atol=0)
