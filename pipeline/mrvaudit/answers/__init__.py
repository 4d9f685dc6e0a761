"""What people answer to findings: open, answered, verified, closed, with names and dates.

answer   one answer, and the file of all answers of a run
apply    answers and the findings of a later run: which are in force, which have lapsed, what becomes of the status
records  the row and cell that a finding speaks of, among the records that an audit keeps
folder   the folder that an audit wrote, opened again
again    its Audit once more, views derived anew, with cells corrected where wanted
columns  heads and words of the workbook that goes out and comes back
filled   a filled workbook as rows of text
judge    whether a row is an answer: order of steps, names, dates, the corrected value
"""
