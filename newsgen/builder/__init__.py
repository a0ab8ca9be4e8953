"""From entries to one immutable Site: who may be seen, grouping, names, sidebars. Pure, no I/O."""
