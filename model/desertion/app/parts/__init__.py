"""What pages are made of: text, fields, tables, charts and figures."""
