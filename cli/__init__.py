"""The aftercare command: what people type."""
