"""The rules that ship with relcheck: one pack a folder, one rule a file."""
