"""What a file is once it has been read, and which files a pattern means."""
