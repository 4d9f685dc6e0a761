"""What a report holds: the model of a unit, part by part, before any format."""
