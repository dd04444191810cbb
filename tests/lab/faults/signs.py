"""By which signs, in Kubernetes' own words, each fault is known."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from helmward.lab.client import path_of

from .shop import Shop

Sign = Callable[[Shop], Awaitable[bool]]

# Each crash doubles it: whoever looks a second time finds a later one (kubelet kuberuntime_manager.go, doBackOff).
_BACK_OFF = re.compile(r"back-off (?:10s|20s|40s|1m20s|2m40s|5m0s) restarting failed container=user-service pod=")
_TAG = "registry.example.com/shop/payment-service:2.5.0"
_PRIVATE = "registry.example.com/vault/user-service:1.10.0"


async def bad_config(shop: Shop) -> bool:
    log = await shop.logs("payment-service", previous="true")
    waiting = await shop.waiting("payment-service")
    wrong = 'FATAL config: invalid value for PAYMENT_TIMEOUT: "5 seconds": strconv.Atoi: parsing "5 seconds"'
    return wrong in log and any(reason == "CrashLoopBackOff" for reason, _ in waiting)


async def crash(shop: Shop) -> bool:
    waiting = await shop.waiting("user-service")
    looping = [message for reason, message in waiting if reason == "CrashLoopBackOff"]
    log = await shop.logs("user-service", previous="true")
    return (
        any(_BACK_OFF.match(message) for message in looping)
        and ("Error", 1) in await shop.ended("user-service")
        and "ValueError: invalid literal for int() with base 10: 'two'" in log
        and "Back-off restarting failed container user-service in pod" in str(await shop.events("BackOff"))
    )


async def image(shop: Shop) -> bool:
    waiting = dict(await shop.waiting("payment-service"))
    missing = (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{_TAG}": '
        f'failed to resolve reference "{_TAG}": {_TAG}: not found'
    )
    return bool(
        waiting.get("ImagePullBackOff") == f'Back-off pulling image "{_TAG}": ErrImagePull: {missing}'
        and f'Failed to pull image "{_TAG}": {missing}' in await shop.events("Failed")
        and {"Error: ErrImagePull", "Error: ImagePullBackOff"} <= set(await shop.events("Failed"))
        and await shop.addresses("payment-service")
    )


async def image_auth(shop: Shop) -> bool:
    refused = (
        f'failed to pull and unpack image "{_PRIVATE}": failed to resolve reference "{_PRIVATE}": '
        "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
        "https://registry.example.com/token?scope=repository%3Avault%2Fuser-service%3Apull"
        "&service=registry.example.com: 401 Unauthorized"
    )
    return f'Failed to pull image "{_PRIVATE}": {refused}' in await shop.events("Failed")


async def liveness(shop: Shop) -> bool:
    return (
        "Liveness probe failed: HTTP probe failed with statuscode: 404" in await shop.events("Unhealthy", "user-")
        and "Container user-service failed liveness probe, will be restarted" in await shop.events("Killing", "user-")
        and any(status >= 1 for status in await _restarts(shop, "user-service"))
    )


async def missing_key(shop: Shop) -> bool:
    wrong = "couldn't find key checkout in ConfigMap production/frontend-config"
    waits = ("CreateContainerConfigError", wrong) in await shop.waiting("frontend")
    return waits and f"Error: {wrong}" in await shop.events("Failed", "frontend-")


async def missing_secret(shop: Shop) -> bool:
    wrong = 'secret "payment-credentials-v2" not found'
    waits = ("CreateContainerConfigError", wrong) in await shop.waiting("payment-service")
    return waits and f"Error: {wrong}" in await shop.events("Failed", "payment-")


async def node_down(shop: Shop) -> bool:
    nodes = await shop.client.list_all(path_of("Node"))
    unknown = [
        condition
        for node in nodes
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready" and condition["status"] == "Unknown"
    ]
    return [condition["reason"] for condition in unknown] == ["NodeStatusUnknown"]


async def oom(shop: Shop) -> bool:
    waiting = dict(await shop.waiting("user-service"))
    return ("OOMKilled", 137) in await shop.ended("user-service") and "CrashLoopBackOff" in waiting


async def pending_pvc(shop: Shop) -> bool:
    claim = await shop.get("PersistentVolumeClaim", "payment-ledger")
    wrong = 'storageclass.storage.k8s.io "fast-ssd" not found'
    return claim["status"]["phase"] == "Pending" and wrong in await shop.events("ProvisioningFailed", "payment-ledger")


async def port(shop: Shop) -> bool:
    refused = "Error: connect ECONNREFUSED" in await shop.last_calls()
    return refused and len(await shop.addresses("payment-service")) == 2


async def probe(shop: Shop) -> bool:
    failed = "Readiness probe failed: HTTP probe failed with statuscode: 404" in await shop.events("Unhealthy", "front")
    running = [pod for pod in await shop.pods("frontend") if pod["status"]["phase"] == "Running"]
    return failed and len(running) == 3 and len(await shop.addresses("frontend")) == 2


async def quota(shop: Shop) -> bool:
    refusals = await shop.events("FailedCreate", "frontend-")
    failing = (await shop.deployment_conditions("frontend")).get("ReplicaFailure") == "FailedCreate"
    return failing and any(
        "exceeded quota: team-budget, requested: requests.memory=1536Mi" in each for each in refusals
    )


async def scale_zero(shop: Shop) -> bool:
    none_left = not await shop.pods("payment-service") and not await shop.addresses("payment-service")
    return none_left and "Error: connect ECONNREFUSED" in await shop.last_calls()


async def selector(shop: Shop) -> bool:
    nobody = not await shop.addresses("user-service")
    return nobody and "Error: connect ECONNREFUSED" in await shop.last_calls()


async def stuck_rollout(shop: Shop) -> bool:
    late = (await shop.deployment_conditions("payment-service")).get("Progressing") == "ProgressDeadlineExceeded"
    return late and "waiting for the migration lock" in await shop.logs("payment-service")


async def unschedulable(shop: Shop) -> bool:
    messages = await shop.events("FailedScheduling", "user-service-")
    return any(message.startswith("0/3 nodes are available: 3 Insufficient cpu.") for message in messages)


async def _restarts(shop: Shop, app: str) -> list[int]:
    return [status["restartCount"] for pod in await shop.pods(app) for status in pod["status"]["containerStatuses"]]


SIGNS: dict[str, Sign] = {
    "bad-config": bad_config,
    "crash": crash,
    "image": image,
    "image-auth": image_auth,
    "liveness": liveness,
    "missing-key": missing_key,
    "missing-secret": missing_secret,
    "node-down": node_down,
    "oom": oom,
    "pending-pvc": pending_pvc,
    "port": port,
    "probe": probe,
    "quota": quota,
    "scale-zero": scale_zero,
    "selector": selector,
    "stuck-rollout": stuck_rollout,
    "unschedulable": unschedulable,
}
