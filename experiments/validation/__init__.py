"""What the calibrated model does where it was not fitted; see README.md."""
