"""Shipped histories of small runs of every shipped scenario, as digests day by day: the same bits are promised on every machine of their kind."""
