"""What people wrote, read as they have it, and what a command or an address takes: one sentence where it is wrong."""
