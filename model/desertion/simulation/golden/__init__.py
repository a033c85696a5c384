"""Shipped histories of five small runs, as digests day by day: the same bits are promised on every machine of their kind."""
