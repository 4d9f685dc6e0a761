"""Detectors: what is rare among peers. One file per detector; each abstains where there are too few of them.

peers     who is compared with whom, and what the others look like (a value never trains its own baseline)
run       features -> groups -> detectors -> signals, findings and check runs
words     findings in both languages
forest    isolation forest over all features of a group
tails     robust distance and tail rank of single features

A detector is a module with ID, TITLE, MIN_ROWS (rows of a group below which it abstains), FEATURES (roles of the
features it looks at), LIMITS (its values of the parameter `detector_limit`), FALSE_FLAGS (honest cases that it marks)
and score(group) -> frame of row, score, flagged, moved (ids of the features that moved the score, the most telling
first). It may have SEED, HEAVY (modules imported once, when some group has enough rows) and SINGLE (it judges features
one by one: one finding per unit and feature).
"""
