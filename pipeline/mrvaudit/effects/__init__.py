"""Effect and cause by scenario replay: the rows of an entity copied, one cell changed, the same views, the difference.

scenarios  a scenario is an entity and the cells that would hold other values in it
replay     scenarios side by side on one connection: copies under fresh keys, corrected, views, totals, rules
tonnes     what the totals of a scenario say beside those of the rows as submitted
causes     which finding lies downstream of which, and is gone once that one is corrected
stage      all findings of a run: which scenarios, in which order, on which process; tonnes and causes back
after      what a reviewed set of corrections makes of a run's records, for `mrvaudit review`
"""
