"""Where weights come from: what each model is made of, where it lies, and how it is fetched.

Owns the files on disk. Refuses to know what an engine does with them: engines are given paths.
"""
