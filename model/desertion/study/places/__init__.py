"""Are events of linked units closer in time than chance? Tests by place, unit and battle, and what they cannot tell."""
