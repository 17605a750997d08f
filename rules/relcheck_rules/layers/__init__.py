"""Who may import whom: layers, contracts between them, and what files say of both."""
