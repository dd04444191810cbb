"""Why a container cannot start: images, settings and volumes, in the real kubelet's and containerd's words."""

from __future__ import annotations

import base64
import json

import pytest

from helmward.lab.cast.programs import HOST, image

from .conftest import CREDENTIAL, Ward

USERS = image("user-service", "1.9.0")
VAULT = f"{HOST}/vault/user-service:1.10.0"
KEY = [{"name": "SESSION_KEY", "value": "0"}]


def unresolved(name: str, error: str) -> str:
    return f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": {error}'


_LOST = image("user-service", "9.9.9")
_TOKEN = f"https://{HOST}/token?scope=repository%3Avault%2Fuser-service%3Apull&service={HOST}"
_AWAY = "registry.invalid/shop/user-service:1.9.0"
_PULLS = {
    _LOST: f"rpc error: code = NotFound desc = {unresolved(_LOST, f'{_LOST}: not found')}",
    VAULT: unresolved(
        VAULT,
        "failed to authorize: failed to fetch anonymous token: "
        f"unexpected status from GET request to {_TOKEN}: 401 Unauthorized",
    ),
    _AWAY: unresolved(
        _AWAY,
        'failed to do request: Head "https://registry.invalid/v2/shop/user-service/manifests/1.9.0": '
        "dial tcp: lookup registry.invalid on 10.96.0.10:53: no such host",
    ),
    f"{HOST}/shop/unheard:1": unresolved(
        f"{HOST}/shop/unheard:1",
        "pull access denied, repository does not exist or may require authorization: "
        "server message: insufficient_scope: authorization failed",
    ),
}


@pytest.mark.parametrize("name", _PULLS, ids=["tag", "auth", "dns", "repository"])
async def test_images_that_cannot_be_pulled(ward: Ward, name: str) -> None:
    await ward.run("pulling", name)
    await ward.until_told("pulling", "Failed", f'Failed to pull image "{name}": {_PULLS[name]}')
    await ward.until_told("pulling", "Failed", "Error: ErrImagePull")
    message = await ward.until_waiting("pulling", "ImagePullBackOff")
    assert message == f'Back-off pulling image "{name}": ErrImagePull: {_PULLS[name]}'
    await ward.until_told("pulling", "Failed", "Error: ImagePullBackOff")
    told = await ward.until_told("pulling", "BackOff", f'Back-off pulling image "{name}"')
    assert told["type"] == "Normal"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (f"{HOST}/shop/User-Service:1.9.0", "repository name must be lowercase"),
        ("registry.example.com/shop/user-service:1.9.0:x", "invalid reference format"),
    ],
)
async def test_names_that_are_none(ward: Ward, name: str, error: str) -> None:
    await ward.run("misnamed", name)
    message = f'Failed to apply default image tag "{name}": couldn\'t parse image name "{name}": {error}'
    assert await ward.until_waiting("misnamed", "InvalidImageName") == message
    await ward.until_told("misnamed", "InspectFailed", message)
    await ward.until_told("misnamed", "Failed", "Error: InvalidImageName")


async def test_never_pull(ward: Ward) -> None:
    await ward.run("absent", image("user-service", "1.9.1"), imagePullPolicy="Never")
    message = f'Container image "{image("user-service", "1.9.1")}" is not present with pull policy of Never'
    assert await ward.until_waiting("absent", "ErrImageNeverPull") == message


async def test_a_pull_secret_opens_a_private_repository(ward: Ward) -> None:
    await ward.run("private", VAULT, env=KEY, pod={"imagePullSecrets": [{"name": "registry"}]})
    await ward.until_told(
        "private",
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (registry); attempting to pull the image may not succeed.",
    )
    auths = {"auths": {HOST: {"auth": base64.b64encode(CREDENTIAL.encode()).decode()}}}
    data = {".dockerconfigjson": base64.b64encode(json.dumps(auths).encode()).decode()}
    await ward.create("Secret", "registry", type="kubernetes.io/dockerconfigjson", data=data)
    await ward.until_ready("private")


_REFERENCES = {
    "configMapKeyRef": ('configmap "settings" not found', "couldn't find key color in ConfigMap {}/settings"),
    "secretKeyRef": ('secret "settings" not found', "couldn't find key color in Secret {}/settings"),
}


@pytest.mark.parametrize("reference", _REFERENCES)
async def test_settings_that_are_missing(ward: Ward, reference: str) -> None:
    absent, keyless = _REFERENCES[reference]
    kind = "ConfigMap" if reference == "configMapKeyRef" else "Secret"
    colour = {"name": "COLOR", "valueFrom": {reference: {"name": "settings", "key": "color"}}}
    await ward.run("unset", USERS, env=[*KEY, colour])
    assert await ward.until_waiting("unset", "CreateContainerConfigError") == absent
    await ward.until_told("unset", "Failed", f"Error: {absent}")
    await ward.create(kind, "settings", data={"size": "bGFyZ2U="})
    await ward.until_told("unset", "Failed", f"Error: {keyless.format(ward.namespace)}")
    await ward.client.delete(f"/api/v1/namespaces/{ward.namespace}/{kind.lower()}s/settings")
    await ward.create(kind, "settings", data={"color": "cmVk"})
    await ward.until_ready("unset")


async def test_everything_of_a_config_map(ward: Ward) -> None:
    source = {"configMapRef": {"name": "all"}}
    await ward.run("every", USERS, envFrom=[source, {"secretRef": {"name": "more", "optional": True}}])
    assert await ward.until_waiting("every", "CreateContainerConfigError") == 'configmap "all" not found'
    await ward.create("ConfigMap", "all", data={"SESSION_KEY": "0"})
    await ward.until_ready("every")


@pytest.mark.parametrize(
    ("volume", "error"),
    [
        ({"configMap": {"name": "files"}}, 'configmap "files" not found'),
        ({"secret": {"secretName": "files"}}, 'secret "files" not found'),
        (
            {"configMap": {"name": "some", "items": [{"key": "gone", "path": "gone"}]}},
            "configmap references non-existent config key: gone",
        ),
    ],
    ids=["configmap", "secret", "key"],
)
async def test_volumes_that_cannot_be_mounted(ward: Ward, volume: dict[str, object], error: str) -> None:
    await ward.create("ConfigMap", "some", data={"there": "1"})
    mount = [{"name": "files", "mountPath": "/files"}]
    await ward.run("unmounted", USERS, env=KEY, volumeMounts=mount, pod={"volumes": [{"name": "files", **volume}]})
    message = f'MountVolume.SetUp failed for volume "files" : {error}'
    event = await ward.until_told("unmounted", "FailedMount", message)
    assert event["type"] == "Warning" and "fieldPath" not in event["involvedObject"]
    pod = await ward.pod("unmounted")
    assert pod["status"]["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert pod["status"]["phase"] == "Pending"
