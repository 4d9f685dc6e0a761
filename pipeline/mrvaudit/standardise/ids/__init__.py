"""Ids: whether they can be right, and whom the ids of other systems stand for."""
