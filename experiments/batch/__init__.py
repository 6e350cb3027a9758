"""What running and keeping a study costs beside the runs themselves; see README.md."""
