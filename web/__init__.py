"""What strangers reach: the survey, the way out of it, and the intake for source systems."""
