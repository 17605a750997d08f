"""Reviews of migrations, for those who sign for them: as text, Markdown and JSON. The page is in `report.html`."""
