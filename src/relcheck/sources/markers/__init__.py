"""Comments in code that say which guarantee it upholds: `# relcheck: upholds "No partial writes"`."""
