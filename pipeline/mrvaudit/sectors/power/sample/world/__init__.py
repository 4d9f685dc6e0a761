"""What there is: coals, classes of units, provinces, and the plants drawn from them."""
