"""What can be asked further on the Compare page: one module for each panel."""
