"""Distillation: the loss against a hand calculation."""

import math

import numpy as np
import pytest


@pytest.mark.usefixtures("keras")
def test_loss_of_one_picture_by_hand():
    from tinymledu.training.distill import distilled_losses

    scores, teacher = np.array([[0.8, 0.2]], np.float32), np.array([[0.9, 0.1]], np.float32)
    got = float(distilled_losses(np.array([0]), scores, teacher)[0])

    # At temperature 3, scores p become p**(1/3), divided by their sum.
    mine, wanted = ([p ** (1 / 3) for p in row] for row in ((0.8, 0.2), (0.9, 0.1)))
    mine, wanted = ([p / sum(row) for p in row] for row in (mine, wanted))
    soft = -sum(w * math.log(m) for w, m in zip(wanted, mine, strict=True))
    assert got == pytest.approx(0.5 * -math.log(0.8) + 0.5 * 9 * soft, rel=1e-5)
