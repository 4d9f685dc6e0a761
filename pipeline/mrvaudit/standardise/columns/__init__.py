"""What the figures of a column say of its header: a unit or a name that they contradict."""
