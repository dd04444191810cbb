"""What other products take to look for the same, where they are installed: Presidio, detect-secrets, LLM Guard. Each in a
process of its own, on the texts that it is given.

`python -m bench.guards_peers NAME` reads a JSON list of texts and prints the median CPU milliseconds of each."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.measure import median_cpu, row
from bench.peers import installed, offline

PATIENCE = 150.0
"""Seconds that a peer has for all its texts."""

Look = Callable[[str], object]


def beside(texts: list[str]) -> None:
    """A row a peer: median CPU milliseconds for each text, or a line that says why there is none."""
    for package in PEERS:
        version = installed(package)
        if version is not None:
            _row(package, version, texts)


def _row(package: str, version: str, texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as home:
        try:
            process = subprocess.run(
                [sys.executable, "-m", "bench.guards_peers", package],
                input=json.dumps(texts),
                capture_output=True,
                text=True,
                env=offline(Path(home)),
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            print(f"  {package} {version} took more than {PATIENCE:.0f} s.")
            return
    if process.returncode:
        said = process.stderr.strip().splitlines() or ["it said nothing."]
        print(f"  {package} {version} did not run: {said[-1][:200]}")
        return
    with_what, medians = json.loads(process.stdout.splitlines()[-1])
    row(f"{package} {version}{with_what}", *(f"{one:.3f}" for one in medians))


def _presidio(stack: ExitStack) -> tuple[str, Look]:
    """With a language model of spaCy's if one is installed: the product would fetch one from outside where none is."""
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    models = sorted(name for name in spacy.util.get_installed_models() if name.startswith("en_"))
    engine = SpacyNlpEngine([{"lang_code": "en", "model_name": model} for model in models[:1]])
    if not models:
        engine.nlp = {"en": spacy.blank("en")}
    analyzer = AnalyzerEngine(nlp_engine=engine)
    return f", {models[0]}" if models else ", patterns alone", lambda text: analyzer.analyze(text, language="en")


def _detect_secrets(stack: ExitStack) -> tuple[str, Look]:
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    stack.enter_context(default_settings())
    return "", lambda text: [secret for line in text.splitlines() for secret in scan_line(line)]


def _llm_guard(stack: ExitStack) -> tuple[str, Look]:
    from llm_guard.input_scanners import Secrets

    return ", Secrets", Secrets().scan


PEERS: dict[str, Callable[[ExitStack], tuple[str, Look]]] = {
    "presidio-analyzer": _presidio,
    "detect-secrets": _detect_secrets,
    "llm-guard": _llm_guard,
}
"""By the package that brings it: what makes it ready."""


def main() -> None:
    """One peer's medians, in a fresh process: none carries the imports of another."""
    warnings.simplefilter("ignore")
    logging.disable()
    texts: list[str] = json.load(sys.stdin)
    with ExitStack() as stack:
        with_what, look = PEERS[sys.argv[1]](stack)
        medians = [median_cpu(look, text) for text in texts]
    print(json.dumps([with_what, medians]))


if __name__ == "__main__":
    main()
