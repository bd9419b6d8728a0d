"""Written text to the words that a person would say.

Owns what each written form (a price, a date, a link, a table) sounds like, one kind a module. Refuses to know voices
and phonemes. `vivavoce.speech.speakable` is the way in.
"""
