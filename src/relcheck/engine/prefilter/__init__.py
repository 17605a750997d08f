"""The cheap tests that tell which files a rule can find nothing in."""
