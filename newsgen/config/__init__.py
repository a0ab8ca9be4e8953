"""The settings of a site as immutable values, and the folders it uses."""
