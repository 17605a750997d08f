"""What documents point at: links, anchors and files that they name."""
