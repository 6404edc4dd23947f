"""The store: tables, legal moves, and every statement that reads or writes them, by name."""
