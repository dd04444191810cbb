"""A group of commands that answers an unknown name with the nearest known one."""

from __future__ import annotations

import click

from helmward.core.text import one_line

_LONGEST = 1000  # characters of a command's first sentence


class Group(click.Group):
    """For every level of the command line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its whole first sentence; click would cut it in the middle."""
        known = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, found.get_short_help_str(_LONGEST)) for name, found in known if found and not found.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

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
