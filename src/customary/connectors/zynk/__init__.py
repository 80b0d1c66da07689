"""Zynk's customer XML: the customers of one file, in the native words of Sage 200."""
