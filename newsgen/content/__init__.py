"""From files to clean Articles: split and parse, type and validate, repair, render the body."""
