"""The check engine: rules become queries, rows become findings, and every unit gets a status for every rule.

compile   a rule or a fused group of rules -> SQL with one state per row
run       states -> counts, findings, statuses, on one caged connection with a timer
status    counts and nulls -> passed, found, not applicable, not assessable, with the reason
findings  violating rows -> findings with words, key and id
cells     block and line -> file, sheet, cell
bind      do the packs' queries hold together, before any input is read
examples  the packs' own examples
child     packs from outside: in a process of their own
"""
