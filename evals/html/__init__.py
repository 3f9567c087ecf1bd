"""A kept run as one HTML file that needs nothing beside it."""
