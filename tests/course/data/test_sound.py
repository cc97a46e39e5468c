"""Sound as numbers: the mel bank against its definition, a tone in its band, a file that is read back."""

import io
import math
import wave

import pytest
import torch

from course.data.sound import RATE, WINDOW, log_mel, mel_bank, wav


def test_the_bank_by_its_definition():
    """HTK's: triangles between points of equal distance in 2595 · log10(1 + f / 700)."""
    bands = 20
    bank = mel_bank(bands)

    def mel(f):
        return 2595 * math.log10(1 + f / 700)

    step = mel(RATE / 2) / (bands + 1)
    hertz = [700 * (10 ** (i * step / 2595) - 1) for i in range(bands + 2)]
    for b in range(bands):
        low, middle, high = hertz[b : b + 3]
        for k in range(WINDOW // 2 + 1):
            f = k * RATE / WINDOW
            expected = max(0, min((f - low) / (middle - low), (high - f) / (high - middle)))
            assert bank[b, k].item() == pytest.approx(expected, abs=1e-5)
    assert (mel_bank(64).sum(dim=1) > 0).all(), "no band is empty"


@pytest.mark.parametrize("frequency", [250.0, 1000.0, 3000.0])
def test_a_tone_is_loudest_in_its_band(frequency):
    time = torch.arange(RATE) / RATE
    bands = log_mel((2 * math.pi * frequency * time).sin()[None], 32, 200)
    assert bands.shape == (1, 32, 1 + RATE // 200)
    bank = mel_bank(32)
    own = bank[:, round(frequency * WINDOW / RATE)].argmax()
    assert (bands[0, :, 2:-2].argmax(dim=0) == own).all()
    assert log_mel(torch.zeros(1, 800))[0].max().item() == pytest.approx(math.log(1e-6))


def test_a_file_is_read_back():
    sound = torch.tensor([0.0, 0.5, -1.0, 2.0])
    with wave.open(io.BytesIO(wav(sound))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        samples = torch.frombuffer(bytearray(file.readframes(4)), dtype=torch.int16)
    torch.testing.assert_close(samples / 32767, sound.clamp(-1, 1), atol=1e-4, rtol=0)


def test_wrong_use():
    with pytest.raises(ValueError, match="of more than 128 samples; got"):
        log_mel(torch.zeros(1, 128))
    with pytest.raises(ValueError, match=r"sound must be \(samples,\)"):
        wav(torch.zeros(1, 128))
