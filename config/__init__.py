"""Settings: places and secrets, read once from the environment."""
