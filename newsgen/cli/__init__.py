"""The commands: the only room that prints, asks or exits."""

from newsgen.cli.main import main

__all__ = ["main"]
