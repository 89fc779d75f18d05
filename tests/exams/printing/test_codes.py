"""The printed QR code is read back by the decoder that the gate uses."""

import shutil
import subprocess

import cv2
import numpy as np
import pytest

from exams.printing import Paper

poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler to rasterise")


@poppler
def test_a_printed_code_is_read_back(tmp_path):
    token = "EX1." + "k3J9" * 40
    paper = Paper("准考证")
    paper.draw(60, 40, lambda pen: pen.qr(0, 0, 32, token))
    (tmp_path / "t.pdf").write_bytes(paper.render())
    subprocess.run(["pdftoppm", "-r", "150", "-gray", str(tmp_path / "t.pdf"), str(tmp_path / "t")], check=True)
    picture = cv2.imdecode(np.fromfile(next(tmp_path.glob("t-*.pgm")), np.uint8), cv2.IMREAD_GRAYSCALE)
    text, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(picture[:700, :700])
    assert text == token
