"""Office files: what the Word report and the workbooks share, and their pages one by one."""
