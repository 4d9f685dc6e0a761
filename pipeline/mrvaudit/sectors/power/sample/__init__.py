"""A made-up fleet that holds together, and faults to plant in it."""
