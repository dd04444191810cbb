"""Settings: where each came from, and one clear sentence for whatever is wrong with them."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from helmward.core.errors import HelmwardError, UnreadableError, UsageError
from helmward.core.settings import Settings, json_schema, known_paths, load, show
from helmward.core.settings_tree import Section, section_of

HOOK = "https://hooks.example/" + "s" * 12


def _file(folder: Path, text: str) -> Path:
    file = folder / "helmward.yaml"
    file.write_text(text)
    return file


def _refusal(folder: Path, text: str, env: dict[str, str] | None = None) -> str:
    with pytest.raises(HelmwardError) as refused:
        load(_file(folder, text), env or {})
    sentence = str(refused.value)
    assert "\n" not in sentence and sentence[-1] in ".?"
    return sentence.removeprefix(f"The settings {folder / 'helmward.yaml'}")


def test_without_a_file_everything_is_the_default(tmp_path: Path) -> None:
    loaded = load(None, {"XDG_CONFIG_HOME": str(tmp_path)})
    assert loaded.settings == Settings()
    assert loaded.origin("server.port") == "default"


def test_the_default_file_is_read_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "helmward").mkdir()
    file = _file(tmp_path / "helmward", "server:\n  port: 9000\n")
    loaded = load(None, {"XDG_CONFIG_HOME": str(tmp_path)})
    assert loaded.settings.server.port == 9000
    assert loaded.origin("server.port") == f"file {file}"


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = _file(tmp_path, "server:\n  port: 9000\n  listen: ::1\nwatch:\n  baseline: false\n")
    env = {
        "HELMWARD_SERVER__PORT": "9001",
        "HELMWARD_SERVER__LISTEN": "::2",
        "HELMWARD_DATA_DIR": "/x",
        "OTHER__A": "1",
    }
    loaded = load(file, env, {"server.port": 9002})
    assert (loaded.settings.server.port, loaded.settings.server.listen) == (9002, "::2")
    assert loaded.origin("server.port") == "the command line"
    assert loaded.origin("server.listen") == "environment HELMWARD_SERVER__LISTEN"
    assert loaded.origin("watch.baseline") == f"file {file}"
    assert loaded.origin("watch.log_reads") == "default"


@pytest.mark.parametrize(
    ("variable", "value", "path", "expected"),
    [
        ("HELMWARD_KUBERNETES__CONTEXT", "123", "kubernetes.context", "123"),
        ("HELMWARD_KUBERNETES__CONTEXT", "on", "kubernetes.context", "on"),
        ("HELMWARD_KUBERNETES__CONTEXT", "", "kubernetes.context", None),
        ("HELMWARD_WATCH__BASELINE", "false", "watch.baseline", False),
        ("HELMWARD_WATCH__BATCH_SECONDS", "0.5", "watch.batch_seconds", 0.5),
        ("HELMWARD_SERVER__TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2", "server.trusted_proxies", ["10.0.0.1", "10.0.0.2"]),
        ("HELMWARD_SERVER__TRUSTED_PROXIES", "[10.0.0.1]", "server.trusted_proxies", ["10.0.0.1"]),
    ],
)
def test_variables_are_read_as_their_setting_wants(
    tmp_path: Path, variable: str, value: str, path: str, expected: object
) -> None:
    shown = show(load(_file(tmp_path, ""), {variable: value}))
    assert shown[path] == {"value": expected, "origin": f"environment {variable}"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("server:\n  prot: 1\n", ", line 2: there is no setting 'server.prot'; did you mean 'server.port'?"),
        ("a: 1\nport: 1\n", ", line 1: there is no setting 'a'; `helmward config schema` lists them all."),
        ("port: 1\n", ", line 1: there is no setting 'port'; did you mean 'server.port'?"),
        (
            "channels:\n- name: a\n  kind: slack\n  url: x\n  uri: y\n",
            ", line 5: there is no setting 'channels.0.uri'; did",
        ),
        ("server:\n  port: many\n", ", line 2: 'server.port' must be a valid integer"),
        ("server:\n  port: 70000\n", ", line 2: 'server.port' must be less than or equal to 65535."),
        (
            "server:\n  port: 1\n  port: 2\n",
            ", line 3: the key 'server.port' stands there for the second time, first on line 2.",
        ),
        ("server: 5\n", ", line 1: 'server' must be a valid dictionary"),
        ("server:\n  tls_cert: a\n", ", line 1: 'server': tls_cert and tls_key belong together."),
        (
            "channels:\n- {name: a, kind: slack}\n",
            ", line 2: 'channels.0': give exactly one of url, url_env and url_file.",
        ),
        (
            "channels:\n- {name: a, kind: slack, url: x}\n- {name: a, kind: slack, url: y}\n",
            ": two channels are called 'a'.",
        ),
        ("- 1\n", " must hold sections, such as 'server:'."),
        ("server: [\n", ", line 2, are not valid YAML: "),
        ("a: &a [1]\nb: *a\n", " use a YAML alias"),
        ("? [1, 2]\n: 3\n", ", line 1: a key must be a plain word."),
        (
            "server: !!python/object/apply:os.getcwd []\n",
            ", line 1, are not valid YAML: could not determine a constructor",
        ),
        ("when: 2026-99-99\n", " are not valid YAML: "),
        ("[" * 3000 + "]" * 3000, " are nested too deeply."),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(tmp_path: Path, text: str, sentence: str) -> None:
    said = _refusal(tmp_path, text)
    assert sentence in said


def test_a_variable_that_sets_nothing_is_refused(tmp_path: Path) -> None:
    sentence = _refusal(tmp_path, "", {"HELMWARD_SERVER__PROT": "1"})
    assert sentence == (
        "The environment variable HELMWARD_SERVER__PROT: there is no setting 'server.prot'; did you mean 'server.port'?"
    )
    assert "is no list" in _refusal(tmp_path, "", {"HELMWARD_SERVER__TRUSTED_PROXIES": "[a"})


def test_a_named_file_must_be_there_and_readable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="There is no settings file"):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(UnreadableError, match="cannot be read"):
        load(tmp_path, {})
    (tmp_path / "latin.yaml").write_bytes(b"server: \xff\n")
    with pytest.raises(UnreadableError, match="not UTF-8"):
        load(tmp_path / "latin.yaml", {})
    (tmp_path / "large.yaml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(UnreadableError, match="larger than"):
        load(tmp_path / "large.yaml", {})


def test_a_refused_value_is_not_repeated(tmp_path: Path) -> None:
    assert HOOK not in _refusal(tmp_path, f"channels:\n- {{name: a, kind: slack, url: ['{HOOK}']}}\n")


def test_show_hides_what_is_secret(tmp_path: Path) -> None:
    text = f"channels:\n- {{name: a, kind: slack, url: '{HOOK}'}}\n- {{name: b, kind: slack, url_env: HOOK}}\n"
    shown = show(load(_file(tmp_path, text), {}))
    assert HOOK not in json.dumps(shown)
    assert shown["channels.0.url"]["value"] == "(hidden)"
    assert shown["channels.1.url_env"]["value"] == "HOOK"
    assert shown["channels.0.name"]["origin"].startswith("file ")
    assert shown["plugins.folders"] == {"value": [], "origin": "default"}


def test_overrides_are_checked_too(tmp_path: Path) -> None:
    loaded = load(_file(tmp_path, ""), {})
    with pytest.raises(UsageError, match=re.escape("the command line: 'server.port' must be")):
        loaded.replaced({"server.port": 70000})


def test_every_setting_is_described_and_the_schema_is_one() -> None:
    def described(section: type[Section]) -> None:
        assert section.__doc__
        for name, field in section.model_fields.items():
            assert field.description and field.description.endswith("."), (section, name)
            if (inner := section_of(field.annotation)) is not None:
                described(inner)

    described(Settings)
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"server": {"port": 1}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"server": {"prot": 1}}, schema)
    assert {"server.port", "channels.url_env", "plugins"} <= set(known_paths())


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().server.port = 1  # type: ignore[misc]
