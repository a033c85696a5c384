"""What a visitor may ask for: addresses, scenarios, files, limits."""
