#!/usr/bin/env python3
"""mir_eval's scores of four mono stems: bss_eval_mir_eval.py images|framewise FILE.f32"""
import sys
import warnings

import mir_eval.separation as separation
import numpy as np

warnings.simplefilter("ignore")
signals = np.fromfile(sys.argv[2], np.float32).astype(float).reshape(2, 4, -1)
references, estimates = signals[0][..., None], signals[1][..., None]
if sys.argv[1] == "images":
    separation.bss_eval_images(references, estimates, compute_permutation=False)
else:
    separation.bss_eval_images_framewise(
        references, estimates, window=441000, hop=441000, compute_permutation=False)
