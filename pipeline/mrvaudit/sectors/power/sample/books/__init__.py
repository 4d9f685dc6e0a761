"""What is written down of it: ledgers, slips and papers, evidence of others, the report."""
