"""The settings of a site as immutable values, and its folders."""
