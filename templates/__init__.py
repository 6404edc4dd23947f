"""The texts that customers and staff read, and the one place that renders them."""
