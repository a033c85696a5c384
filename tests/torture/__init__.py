"""Hours of faults, odd inputs, random worlds and changed code, resumable: `python -m tests.torture [--part NAME] [--cases N]`."""
