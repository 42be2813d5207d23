"""Exchange of models: one folder or zip with all that another university needs to use it.

    digest = write_bundle("pump.zip", model, card, known_inputs=quiet[:8], ...)
    bundle = open_bundle("pump.zip", digest=digest)   # refused with a sentence if anything differs

docs/bundles.md says what is in it.
"""

from tinymledu.bundles.card import ModelCard
from tinymledu.bundles.opening import Bundle, open_bundle
from tinymledu.bundles.writing import BoardResult, board_result, write_bundle

__all__ = ["BoardResult", "Bundle", "ModelCard", "board_result", "open_bundle", "write_bundle"]
