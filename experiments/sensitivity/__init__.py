"""What the results of cxsim rest on; see README.md."""
