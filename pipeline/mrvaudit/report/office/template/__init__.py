"""The maker of `templates/report.docx`: styles, then chapters as paragraphs and tables with template marks in them.

`python -m mrvaudit.report.office.template` writes the file again, byte for byte; a report is the file filled in.
"""
