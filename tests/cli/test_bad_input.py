"""What people's repositories really hold: each file has a clear outcome, and costs no finding elsewhere."""
