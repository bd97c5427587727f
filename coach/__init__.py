"""coach: a treadmill interval coach for forward and backward walking and running."""
