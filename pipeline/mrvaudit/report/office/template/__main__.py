"""Write the template again: `python -m mrvaudit.report.office.template`."""

from __future__ import annotations

from mrvaudit.report.office.template.make import PATH, made

if __name__ == "__main__":
    PATH.write_bytes(made())
    print(PATH.name)
