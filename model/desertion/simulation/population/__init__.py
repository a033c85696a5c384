"""The people in their two forms, Mesa agents and arrays, behind one protocol."""
