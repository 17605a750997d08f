"""Other revisions: the base of a comparison, and where the policy comes from."""
