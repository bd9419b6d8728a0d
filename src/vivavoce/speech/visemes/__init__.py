"""Which shapes the mouth takes while something is said, and when.

Owns the way from a voice's phonemes, or from a text and its sound where a voice tells no phonemes, to a timeline of the
15 shapes of the Oculus OVR LipSync set. Refuses to know models, sessions and the wire. Pure, but for the dictionary of
Mandarin readings, which is read when the first Chinese text without phonemes comes.
"""

from vivavoce.speech.visemes.estimate import EstimatedMouth
from vivavoce.speech.visemes.shapes import VISEMES, MouthShape, VisemeName
from vivavoce.speech.visemes.spelling import is_chinese
from vivavoce.speech.visemes.told import told_mouth

__all__ = ["VISEMES", "EstimatedMouth", "MouthShape", "VisemeName", "is_chinese", "told_mouth"]
