"""Language: which language a text is written in."""

from typing import Final

from pipeline.text import words

# Fewer words than this and the guess is worth nothing; this many code points and it no longer changes.
_FEWEST_WORDS: Final = 20
_SAMPLE_LENGTH: Final = 6000


def language(text: str) -> str:
    """ISO 639-1 code of the text's language by py3langid (Lui and Baldwin 2012); empty for very short texts."""
    if len(words(text)) < _FEWEST_WORDS:
        return ""
    # The model takes a third of a second to load: only rounds with something new pay for it.
    import py3langid

    return str(py3langid.classify(text[:_SAMPLE_LENGTH])[0])
