"""What the server does for a visitor: runs, comparisons, opened studies, each in a thread of its own."""
