"""What the model shows beside what others have published; see README.md."""
