"""The commands: each has a module of its own, which is imported when its command is called."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command in the help: its panel and its one line."""

    panel: str
    line: str


COMMANDS = {
    "demo": Entry("Run", "Watch a simulated session with a turn, in 75 seconds; asks nothing."),
    "run": Entry("Run", "Run a workout, on the whole screen or as lines."),
    "walk": Entry("Run", "Walk freely; the arrows set the speed, b puts in a backward block."),
    "list": Entry("Run", "List the workouts."),
    "plan": Entry("Run", "Show the weeks of a training plan: what is done and what comes next."),
    "setup": Entry("Run", "Make runner, strap, sound and treadmill ready, step by step."),
    "check": Entry("Write", "Check workout files: every problem with its place and its fix."),
    "show": Entry("Write", "Show a workout as a table and a profile, or as a page to print."),
    "simulate": Entry("Write", "Play a whole session in no time and tell what happened."),
    "new": Entry("Write", "Begin a workout from a template."),
    "scale": Entry("Write", "Write a workout again, faster or slower, with its comments."),
    "convert": Entry("Write", "Bring workouts in from other programs, and take them there."),
    "rule": Entry("Write", "Explain a rule of `coach check`, with a bad and a good example."),
    "schema": Entry("Write", "Print the JSON schema of workouts, for editors."),
    "editor-setup": Entry("Write", "Say what to paste into an editor, so that it completes and explains keys."),
    "history": Entry("Look back", "List your sessions."),
    "report": Entry("Look back", "Show a session, or weeks of them, as a page for a browser."),
    "export": Entry("Look back", "Write a session as FIT, TCX, CSV or JSON, for wherever you keep your training."),
    "rate": Entry("Look back", "Say how a session was: effort, pain, a note."),
    "card": Entry("Look back", "Draw a session as a card to share."),
    "delete": Entry("Look back", "Delete the recording of a session."),
    "replay": Entry("Look back", "Run a recorded session through the same code again and compare."),
    "machines": Entry("Machine", "List your treadmills and the simulated ones; --models shows what is known."),
    "treadmill": Entry("Machine", "Be a simulated treadmill over Bluetooth, for another program or computer."),
    "scan": Entry("Machine", "Find treadmills and heart straps over Bluetooth."),
    "board": Entry("Machine", "Show every treadmill on the broker, worst first; one key stops all."),
    "doctor": Entry("Machine", "Look at everything that a session needs from this computer."),
    "mqtt": Entry("Machine", "Show the broker that sessions are sent to, or have it forget the treadmill."),
    "capture": Entry("Machine", "Record what a treadmill says, without touching it."),
    "decode": Entry("Machine", "Say what the bytes of a treadmill or a heart strap mean, or a whole capture."),
    "config": Entry("Machine", "Show where the settings are and what holds."),
}

USAGE = "Usage: coach [--version] [--debug] COMMAND [OPTIONS]"

SHORT_HELP = """\
coach guides forward and backward intervals on a treadmill, real or simulated.
  coach demo                    watch a short session; asks nothing
  coach list                    the workouts that come with it
  coach run first-steps-back    run one, on the simulated treadmill at first
  coach setup                   make your own treadmill known
  coach --help                  all commands"""
"""Six lines, for those who type `coach` and nothing else."""


_ALONE = "`coach` alone opens the library of workouts on the whole screen."


def long_help() -> str:
    """All commands by panel; written here because typer alone takes longer to import than this may take."""
    lines = [USAGE, "", "Guided forward and backward intervals on a treadmill, real or simulated.", _ALONE, ""]
    panel = ""
    for name, entry in COMMANDS.items():
        if entry.panel != panel:
            lines += [""] * bool(panel) + [f"{entry.panel}:"]
            panel = entry.panel
        lines.append(f"  {name:<14}{entry.line}")
    lines += [
        "",
        "A workout is a path, a name from `coach list`, or a quoted shorthand such as '3x(2min@9/1min@6)'.",
        "`coach COMMAND --help` says more. --debug shows where an error of coach's own comes from.",
    ]
    return "\n".join(lines)
