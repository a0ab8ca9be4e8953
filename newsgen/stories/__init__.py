"""Which articles report the same event, and which stories to recommend beside one."""
