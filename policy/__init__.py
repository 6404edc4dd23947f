"""The procedure's decisions (pure functions over frozen values) and the policy file with its numbers."""
