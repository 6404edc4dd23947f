"""The procedure: one flow per stage, and the one that empties the outbox."""
