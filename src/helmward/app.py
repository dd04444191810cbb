"""The composition root: settings → adapters → plugins → the running house."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helmward.core.bus import Bus
from helmward.core.errors import UsageError
from helmward.core.extend import REGISTRY, load_outside, load_package
from helmward.core.paths import refuse_links
from helmward.core.settings import Loaded, Settings
from helmward.door.points import Reached, nothing
from helmward.explain import analyzers as analyzer_package
from helmward.explain.analyzer import Analyzer
from helmward.explain.codes import Code
from helmward.explain.engine import BROKEN_ANALYZER
from helmward.explain.needs import kinds_needed
from helmward.world.kinds import KINDS, Kind

if TYPE_CHECKING:
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.door.identity import Role
    from helmward.door.toolbox import Toolbox
    from helmward.guard.pipeline import Guards
    from helmward.heal.playbook import Playbook
    from helmward.house import House

_WARM_AFTER = 1.0  # seconds after which the guards' tables are compiled beside everything else


def load_analyzers(settings: Settings | None = None) -> list[Analyzer]:
    """Every enabled analyzer: the built-in ones, and those of the plugins that the settings name.

    Raises UsageError where `explain.disabled` names one that does not exist.
    """
    load_package(analyzer_package)
    if settings is None:
        return list(REGISTRY.build("analyzer"))
    load_outside(settings.plugins.folders, settings.plugins.entry_points)
    known = REGISTRY.slots["analyzer"]
    for name in settings.explain.disabled:
        if name not in known:
            raise UsageError(f"explain.disabled: there is no analyzer '{name}'; there are {', '.join(sorted(known))}.")
    built = REGISTRY.build("analyzer")
    return [analyzer for analyzer in built if type(analyzer).__name__ not in settings.explain.disabled]


def check_settings(settings: Settings) -> None:
    """What only shows once plugins are loaded: UsageError for a channel, an object, an analyzer, a tool, a guard or a
    playbook of no known kind; PolicyError for a policy that would be refused."""
    from helmward.adapters.channels.opening import check_kinds

    needed_kinds(load_analyzers(settings), settings)
    check_kinds(settings.channels)
    load_tools(settings)
    load_guards(settings)
    load_playbooks(settings)
    if settings.changes.policy is not None:
        from helmward.door.policy.engine import load_folder

        load_folder(settings.changes.policy)


def analyzer_codes() -> dict[str, list[Code]]:
    """The codes that can be reported, by the name of the analyzer that does."""
    known = {type(analyzer).__name__: list(analyzer.codes) for analyzer in load_analyzers()}
    return known | {"Engine": [BROKEN_ANALYZER]}


def needed_kinds(analyzers: Sequence[Analyzer], settings: Settings) -> list[Kind]:
    """What must be listed and watched for these analyzers. Raises UsageError for an unknown kind in `unread_kinds`."""
    unread = settings.kubernetes.unread_kinds
    for name in unread:
        if name not in KINDS:
            raise UsageError(
                f"kubernetes.unread_kinds: '{name}' is no kind that is read; those are {', '.join(KINDS)}."
            )
    needed = kinds_needed(analyzers)
    if any(environment.labels for environment in settings.changes.environments):
        needed.add("Namespace")  # its labels tell its environment
    return [KINDS[name] for name in KINDS if name in needed and name not in unread]


def load_tools(settings: Settings) -> Toolbox:
    """Every enabled tool: the built-in ones and those of plugins. Raises UsageError for an unknown one in the settings."""
    from helmward.door.toolbox import Toolbox
    from helmward.tools import kubernetes as kubernetes_tools

    load_package(kubernetes_tools)
    return Toolbox(REGISTRY.build("tool"), settings.changes.disabled_tools)


def load_guards(settings: Settings) -> Guards:
    """Every enabled guard, with what the settings say is done about finds. Raises UsageError for what is not there."""
    from helmward.guard import guards as guard_package
    from helmward.guard.pipeline import Guards

    load_package(guard_package)
    load_outside(settings.plugins.folders, settings.plugins.entry_points)
    return Guards(REGISTRY.build("guard", settings=settings.guard), settings.guard)


def load_playbooks(settings: Settings) -> list[Playbook]:
    """Every playbook that there is. Raises UsageError where the settings name one that is not."""
    from helmward.heal import playbooks

    load_package(playbooks)
    built = list(REGISTRY.build("playbook"))
    known = sorted(one.name for one in built)
    for name in settings.changes.heal.workflows:
        if name not in known:
            raise UsageError(f"changes.heal.workflows: there is no '{name}'; there are {', '.join(known)}.")
    return built


def needed_rights(settings: Settings) -> set[tuple[str, str, str]]:
    """What the enabled tools need in the cluster (API group, resource, verb): those that change something only where the
    settings turn changes on, and nothing of a kind that shall not be read. Raises UsageError for an unknown tool."""
    from helmward.door.places import any_changes

    unread = {(KINDS[name].group, KINDS[name].plural) for name in settings.kubernetes.unread_kinds if name in KINDS}
    rights = load_tools(settings).rights(any_changes(settings.changes))
    return {right for right in rights if right[:2] not in unread or right[2] not in ("get", "list")}


def cluster_client(settings: Settings, key_dir: Path, report: Callable[[str, str], None] | None = None) -> Client:
    """The read client of the cluster that the settings choose. `report` is told, by sentence and path, of what it left out
    of watches (None: the log is). Raises UsageError if there is no cluster."""
    from helmward.adapters.clients.kubernetes.client import Client
    from helmward.adapters.clients.kubernetes.config import find
    from helmward.core.keys import key

    connection = find(settings.kubernetes.context, settings.kubernetes.kubeconfig)
    hash_key = key(key_dir, "secret-hash.key")
    return Client(connection, hash_key, report=report) if report else Client(connection, hash_key)


@asynccontextmanager
async def running_house(
    loaded: Loaded, data_dir: Path, key_dir: Path, reached: Reached = nothing, local_role: Role = "requester"
) -> AsyncIterator[House]:
    """The house, watching and explaining, until the block is left. Raises HelmwardError saying what to do.

    `local_role` is that of the commands of the server's own user; `reached` is told of each boundary of a change (tests
    die there)."""
    from helmward.adapters.clients.kubernetes.client import Cluster
    from helmward.adapters.stores.conversations import ConversationRows
    from helmward.adapters.stores.records import Records
    from helmward.adapters.stores.sessions import SessionRows
    from helmward.adapters.stores.state import State
    from helmward.core.keys import key
    from helmward.core.memory import long_lived
    from helmward.core.notices import Notification
    from helmward.door.audit.replay import replay
    from helmward.door.identity import Identity
    from helmward.door.ledger import ROOMS, Ledger
    from helmward.door.store import Store
    from helmward.explain.live import Explainer
    from helmward.guard.secrets import clean_object
    from helmward.heal.supervisor import Supervisor
    from helmward.house import House
    from helmward.house.auditing import audited, end_local, own_tokens
    from helmward.house.changing import Given, changing
    from helmward.house.denials import Denials
    from helmward.house.integrity import Integrity
    from helmward.house.models.models import Given as ModelsGiven
    from helmward.house.models.models import modelling
    from helmward.house.notify import notification_of_change, notifying
    from helmward.house.people import People
    from helmward.house.record import Recorder, restore, was_away
    from helmward.house.sense import Sense
    from helmward.house.sessions import Sessions
    from helmward.house.sight import look
    from helmward.watch.cluster import ClusterWatch, utc_now
    from helmward.watch.logs import LogFetcher
    from helmward.world.book import Transition
    from helmward.world.store import World

    refuse_links(data_dir)
    settings, started = loaded.settings, utc_now()
    analyzers = load_analyzers(settings)
    kinds = needed_kinds(analyzers, settings)
    async with AsyncExitStack() as stack:
        audit = await stack.enter_async_context(audited(loaded, data_dir, key_dir, utc_now))
        ledger = await asyncio.to_thread(Ledger, audit, utc_now, replay(audit.folder, key_dir, ROOMS))
        state = State(data_dir / "state.db")
        stack.callback(state.close)
        identity = Identity(state, ledger, key(key_dir, "identity.key"))
        local = own_tokens(identity, key_dir, started, local_role)
        stack.callback(lambda: end_local(identity, local, utc_now()))
        sessions = Sessions(SessionRows(state), identity, audit, utc_now, ledger.signed_out)
        people = People(identity, Denials(audit), utc_now, sessions)
        stack.callback(people.denials.close)
        world, bus, told = World(clean=clean_object), Bus[Transition](), Bus[Notification]()
        client = await stack.enter_async_context(cluster_client(settings, key_dir, world.coverage.problem))
        sight = await look(client, kinds)
        records = Records(state, sight.server)
        book = restore(records, world.changes, started)
        watch = ClusterWatch(client, world, kinds, lambda: explainer.poke(), settings.watch.batch_seconds)
        fetcher = LogFetcher(client, world, lambda: explainer.poke(), settings.watch.log_reads)
        explainer = Explainer(world, analyzers, book, bus, utc_now, after=fetcher.start)
        recorder = Recorder(records, world.changes, bus, utc_now)
        stack.push_async_callback(_end, asyncio.create_task(recorder.run()))
        channels = await stack.enter_async_context(notifying(settings, bus, told))
        for name in settings.kubernetes.unread_kinds:
            world.set_unread(name, "turned off by kubernetes.unread_kinds")
        with long_lived():
            await watch.snapshot()
        stack.push_async_callback(fetcher.close)
        stack.callback(explainer.close)
        explainer.start(settings.watch.baseline and was_away(records, started))
        await stack.enter_async_context(watch)
        integrity = Integrity(ledger, Store(state, sight.server), identity, data_dir, utc_now)
        await integrity.start()
        door = await stack.enter_async_context(
            changing(
                Given(
                    settings=settings.changes,
                    data_dir=data_dir,
                    key_dir=key_dir,
                    audit=audit,
                    ledger=ledger,
                    state=state,
                    cluster=Cluster(client),
                    server=sight.server,
                    world=world,
                    toolbox=load_tools(settings),
                    findings=Sense(world, explainer),
                    valid=lambda actor: identity.stands(actor, utc_now()),
                    reached=reached,
                    tell=lambda plan, event, text: told.publish(notification_of_change(plan, event, text, utc_now())),
                )
            )
        )
        guards = load_guards(settings)
        loop = asyncio.get_running_loop()
        warming = loop.call_later(_WARM_AFTER, lambda: loop.run_in_executor(None, guards.warm))
        stack.callback(warming.cancel)
        models = await stack.enter_async_context(
            modelling(ModelsGiven(settings.gateway, guards, door.judge, door.kills, audit, state, identity, utc_now))
        )
        supervisor = Supervisor(
            door,
            world,
            settings.changes,
            load_playbooks(settings),
            lambda identity: next(iter(book.find(identity)), None),
            utc_now,
        )
        house = House(
            loaded,
            sight,
            world,
            watch,
            explainer,
            book,
            bus,
            recorder,
            identity,
            people,
            audit,
            utc_now,
            started,
            local.text,
            door,
            supervisor,
            guards,
            channels,
            integrity,
            models,
            key(key_dir, "console-session.key"),
            conversations=ConversationRows(state),
            key_dir=key_dir,
        )
        following = bus.subscribe()
        stack.callback(following.close)
        stack.push_async_callback(_end, asyncio.create_task(supervisor.follow(following)))
        yield house


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
