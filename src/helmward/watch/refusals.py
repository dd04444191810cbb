"""Lists that a cluster refuses: what follows for the other kinds, and how coverage says it."""

from __future__ import annotations

from collections.abc import Sequence

from helmward.core.cluster import Forbidden, KubernetesError, NotFound, Unauthorized, Unavailable
from helmward.core.text import one_line


def hopeless(error: KubernetesError) -> bool:
    """True if no other kind will fare better: we are not known, or nobody answers."""
    return isinstance(error, Unauthorized) or (isinstance(error, Unavailable) and error.status is None)


def nothing_may_be_read(errors: Sequence[KubernetesError]) -> KubernetesError:
    """The one error for all kinds together."""
    refused = next((error for error in errors if isinstance(error, Forbidden)), None)
    if refused is None:
        return errors[0]
    return Forbidden(
        f"No kind may be listed in the whole cluster ({refused.message or refused}); rights in single namespaces are not "
        "enough: `helmward rbac` prints the ClusterRole to grant.",
        status=refused.status,
    )


def reason_of(error: KubernetesError) -> str:
    """Why a kind is not read, as coverage says it."""
    if isinstance(error, NotFound):
        return "not served by this cluster"
    word = "forbidden" if isinstance(error, Forbidden) else "unauthorized" if error.status == 401 else "failed"
    return word if word == "forbidden" else f"{word}: {one_line(str(error), 200)}"
