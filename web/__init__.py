"""What strangers reach: the survey, the way out of it, the intake for source systems, and the hooks of providers."""
