"""What Python source says once it is read: string literals, folded string text, names and imports."""
