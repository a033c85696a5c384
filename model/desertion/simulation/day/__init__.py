"""The seven parts of a day, in the order that `order` states."""
