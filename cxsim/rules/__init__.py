"""What happens in a week: one file per submodel, `week.py` is the order."""
