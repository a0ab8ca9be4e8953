"""The commands. Only this room prints, prompts or exits."""

from newsgen.cli.main import main

__all__ = ["main"]
