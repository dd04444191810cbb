"""A group of commands that answers an unknown name with the nearest known one."""

from __future__ import annotations

import click

from helmward.core.text import one_line


class Group(click.Group):
    """For every level of the command line."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Fails with a sentence that names the nearest command."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], known, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"`{ctx.command_path} --help` lists them."
            ctx.fail(f"There is no command '{one_line(args[0], 40)}'. {hint}")
        return super().resolve_command(ctx, args)
