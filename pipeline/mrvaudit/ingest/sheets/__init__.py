"""What sheets hold beside a plain table: marks of the workbook, several tables, tables written across."""
