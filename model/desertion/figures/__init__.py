"""Figures of the project, one a function: Axes in, Axes out; the style, sizes and palette are in `style`."""
