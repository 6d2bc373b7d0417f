"""The configuration of the server: `neo4j.conf`, and the arguments of its Java."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HOST = "127.0.0.1"
MAIN = "org.neo4j.server.CommunityEntryPoint"
MEGABYTE = 1 << 20

ADD_OPENS = (  # the same as in Neo4j 5's own start script
    "java.base/java.nio",
    "java.base/java.io",
    "java.base/sun.nio.ch",
    "java.base/java.lang",
    "java.base/java.util.concurrent",
    "jdk.management/com.sun.management.internal",
)


@dataclass(frozen=True, slots=True)
class Ports:
    bolt: int = 7687
    http: int = 7474


@dataclass(frozen=True, slots=True)
class Memory:
    """Upper bounds in megabytes. The memory is only taken when needed."""

    heap: int
    page_cache: int

    @classmethod
    def of_machine(cls, megabytes: int) -> Memory:
        """A quarter of the machine each, within bounds, since the models need memory as well."""
        quarter = megabytes // 4
        return cls(heap=min(max(quarter, 1024), 8192), page_cache=min(max(quarter, 256), 4096))


def machine_memory() -> int:
    """Megabytes that this process may use: the machine's, or the limit of its container."""
    import psutil

    memory: int = psutil.virtual_memory().total
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text("ascii"))
    except (OSError, ValueError):  # no such file, or "max"
        limit = memory
    return min(memory, limit) // MEGABYTE


def neo4j_conf(ports: Ports, plugins: Path, memory: Memory) -> str:
    """The text of `neo4j.conf`: loopback only, no usage reports, small on disk."""
    settings = {
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{ports.bolt}",
        "server.bolt.advertised_address": f"{HOST}:{ports.bolt}",
        "server.http.listen_address": f"{HOST}:{ports.http}",
        "server.http.advertised_address": f"{HOST}:{ports.http}",
        "server.https.enabled": "false",
        "server.directories.plugins": plugins.as_posix(),
        "server.directories.import": "import",
        "dbms.security.auth_enabled": "true",
        "dbms.security.procedures.unrestricted": "gds.*",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",  # what Neo4j Browser would send
        "server.memory.pagecache.size": f"{memory.page_cache}m",
        "db.logs.query.enabled": "OFF",
        # A home of a few photos must not take half a gigabyte, so no files are preallocated.
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.size": "64m",
        "db.tx_log.rotation.retention_policy": "1 days 512M",
        # The default waits twice for 5 s after all connections are closed: this way a stop takes
        # 0.4 s, not 10.
        "internal.server.bolt.thread_pool_shutdown_wait_time": "200ms",
    }
    head = "# Written by graphface at every start: changes made here are lost.\n"
    return head + "".join(f"{name}={_conf_value(value)}\n" for name, value in settings.items())


def collector() -> str:
    """On a small machine use one thread, whose small tables save 100 MB at rest."""
    return "-XX:+UseSerialGC" if (os.cpu_count() or 1) <= 2 else "-XX:+UseG1GC"


def java_arguments(
    home: Path, jars: Iterable[Path], memory: Memory, options: Iterable[str] = ()
) -> list[str]:
    """The arguments of `java`, main class included; `options` are further ones for the JVM."""
    return [
        collector(),
        *options,
        f"-Xms{min(256, memory.heap)}m",
        f"-Xmx{memory.heap}m",
        "-XX:-OmitStackTraceInFastThrow",
        "-XX:+ExitOnOutOfMemoryError",
        *(f"--add-opens={package}=ALL-UNNAMED" for package in ADD_OPENS),
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        # At its first projection GDS asks JOL how large an object is, and JOL starts four more JVMs
        # (one by sudo) to look into this one. Its own estimate will do, and saves 3 s.
        "-Djol.skipDynamicAttach=true",
        "-Djol.skipHotspotSAAttach=true",
        "-Dfile.encoding=UTF-8",
        "-cp",
        os.pathsep.join(map(str, jars)),
        MAIN,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]


def argument_file(arguments: Iterable[str]) -> str:
    """The text for `java @file`: on some systems 344 jars are too long for a command line."""
    return "".join(f'"{_escaped(argument)}"\n' for argument in arguments)


def _conf_value(value: str) -> str:
    # neo4j.conf is read as a properties file, where a backslash escapes.
    return value.replace("\\", "\\\\")


def _escaped(argument: str) -> str:
    return argument.replace("\\", "\\\\").replace('"', '\\"')
