"""The few errors a user can meet; each is one sentence: what, where, what to do.

HelmwardError (exit 1)
├── UsageError        exit 2: the words of the call are wrong (a setting, an option, an ambiguous id)
├── UnreadableError   exit 4: the input could not be read at all
├── DeniedError       exit 5: policy, kill switch or limit said no; also a refused credential
├── WaitingError      exit 6: waits for an approval
└── UnreachableError  exit 7: no server answers
"""


class HelmwardError(Exception):
    """Something failed. `str(error)` is one clear sentence for the user; `exit_code` is stable."""

    exit_code = 1


class UsageError(HelmwardError):
    """Wrong usage: an unknown setting, a bad option, an id that names nothing or several things."""

    exit_code = 2


class UnreadableError(HelmwardError):
    """The input could not be read at all."""

    exit_code = 4


class DeniedError(HelmwardError):
    """Denied by policy, kill switch, limit or for want of a valid token."""

    exit_code = 5


class WaitingError(HelmwardError):
    """The change waits for an approval."""

    exit_code = 6


class UnreachableError(HelmwardError):
    """No server answers where one was expected."""

    exit_code = 7
