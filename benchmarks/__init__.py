"""Programs that measure. They check their own results and judge by ratios within one run, never by a clock alone."""
