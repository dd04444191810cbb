"""Who asks: tokens, registered actors and their passwords, roles and scopes. Rows show them; the ledger makes them count."""

from helmward.door.identity.accounts import Account, NewAccount
from helmward.door.identity.identity import Identity
from helmward.door.identity.names import ADMINISTRATOR, LOCAL
from helmward.door.identity.refusals import Refused, TooManyGuesses
from helmward.door.identity.roles import KINDS, ROLES, Kind, Role, permits
from helmward.door.identity.tokens import Minted, NewToken, Token

__all__ = [
    "ADMINISTRATOR",
    "KINDS",
    "LOCAL",
    "ROLES",
    "Account",
    "Identity",
    "Kind",
    "Minted",
    "NewAccount",
    "NewToken",
    "Refused",
    "Role",
    "Token",
    "TooManyGuesses",
    "permits",
]
