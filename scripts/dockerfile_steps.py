"""Walk through the Dockerfile without a container engine.

Each stage becomes a folder that stands for ``/`` and a virtual environment that stands for the base
image's Python. COPY, ENV, WORKDIR and RUN do there what they would do in the image; what needs root or
Debian (users, owners, apt) is skipped and named. A finished stage is moved away, so that the last one
has only what was copied into it. Then ENTRYPOINT and CMD are started on a free port, the HEALTHCHECK
is asked, and the server is stopped: it has to end with exit code 0.
"""

from __future__ import annotations

import fnmatch
import json
import os
import queue
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import venv
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 30
SECONDS_TO_STOP = 15
OF_AN_IMAGE_ONLY = {"apt-get", "groupadd", "useradd", "chown"}
WITHOUT_EFFECT_HERE = {"USER", "EXPOSE", "LABEL", "STOPSIGNAL"}
FOLDERS_OF_THE_SYSTEM = ("bin", "dev", "etc", "lib", "proc", "sbin", "sys", "tmp", "usr", "var")


class StepFailed(Exception):
    """A step did not do what it would have to do in an image."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: its line in the file, its word in capitals, the rest with line ends joined."""

    line: int
    word: str
    rest: str


@dataclass(slots=True)
class Image:
    """What the steps have made so far."""

    root: Path
    python: Path
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Return where a path of the image lies in the folder that stands for its ``/``."""
        return self.root / os.path.normpath(f"{self.workdir}/{path}" if path[0] != "/" else path).lstrip("/")

    def variables(self) -> dict[str, str]:
        """Return the environment a process of the image would see, with our paths for its own.

        Of ours only what a step needs to reach a package index is handed on.
        """
        ours = {
            name: value
            for name, value in os.environ.items()
            if name.lower().endswith("_proxy") or name.startswith("PIP_") or name in {"HOME", "LANG"}
        }
        return ours | {"PIP_QUIET": "1", "PATH": f"{self.python}{os.pathsep}{os.defpath}"} | self.environment


def steps(text: str) -> list[Step]:
    """Read a Dockerfile: comments and blank lines away, continued lines joined."""
    found: list[Step] = []
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun = begun if parts else number
        parts.append(line.strip().removesuffix("\\").strip())
        if not line.rstrip().endswith("\\"):
            word, _, rest = " ".join(parts).partition(" ")
            found.append(Step(begun, word.upper(), rest.strip()))
            parts.clear()
    return found


def relocate(text: str, root: Path) -> str:
    """Put ``root`` before every absolute path of the image; those of the system stay."""
    system = "|".join(FOLDERS_OF_THE_SYSTEM)
    return re.sub(rf"(?<![\w./$}}-])/(?!/|(?:{system})\b)(?=\w)", lambda _: f"{root.as_posix()}/", text)


def passes(source: str, rules: list[str]) -> bool:
    """Tell whether ``.dockerignore`` lets the first folder of ``source`` into the build."""
    first, let_in = source.split("/", maxsplit=1)[0], True
    for rule in rules:
        if fnmatch.fnmatch(first, rule.removeprefix("!")):
            let_in = rule.startswith("!")
    return let_in


def copy(image: Image, rest: str, stages: dict[str, Path], ignore: list[str]) -> None:
    """Do a COPY, from the checkout or from a finished stage."""
    words = shlex.split(rest)
    flags = [word for word in words if word.startswith("--")]
    *sources, target = [word for word in words if not word.startswith("--")]
    stage = next((stages[flag.removeprefix("--from=")] for flag in flags if flag.startswith("--from=")), None)
    for source in sources:
        if stage is None and not passes(source, ignore):
            raise StepFailed(f"{source} is kept out by .dockerignore")
        origin = (stage or CHECKOUT) / source.lstrip("/")
        goal = image.inside(target)
        if origin.is_dir():
            unwanted = None if stage else shutil.ignore_patterns("__pycache__")
            shutil.copytree(origin, goal, symlinks=True, dirs_exist_ok=True, ignore=unwanted)
        else:
            folder = goal if target.endswith("/") or target == "." else goal.parent
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin, goal)


def run(image: Image, rest: str) -> None:
    """Do a RUN in shell form, leaving out the commands that only make sense in an image."""
    for command in re.split(r"\s*&&\s*", rest):
        if shlex.split(command)[0] in OF_AN_IMAGE_ONLY:
            print(f"      skipped: {command}")
            continue
        subprocess.run(
            ["/bin/sh", "-c", relocate(command, image.root)],
            cwd=image.inside(image.workdir),
            env=image.variables(),
            check=True,
        )


def perform(image: Image, step: Step, stages: dict[str, Path], ignore: list[str]) -> None:
    """Do one instruction other than FROM."""
    match step.word:
        case "COPY":
            copy(image, step.rest, stages, ignore)
        case "RUN":
            run(image, step.rest)
        case "WORKDIR":
            image.workdir = step.rest
            image.inside(step.rest).mkdir(parents=True, exist_ok=True)
        case "ENV":
            for name, value in (pair.split("=", 1) for pair in shlex.split(step.rest)):
                whole = Template(relocate(value, image.root)).substitute(image.variables())
                image.environment[name] = whole
        case "ENTRYPOINT":
            image.entrypoint = json.loads(step.rest)
        case "CMD":
            image.command = json.loads(step.rest)
        case "HEALTHCHECK":
            image.healthcheck = json.loads(step.rest.partition("CMD ")[2])
        case word if word in WITHOUT_EFFECT_HERE:
            print("      skipped: no effect without an engine")
        case word:
            raise StepFailed(f"{word} is not known here")


def build(work: Path) -> Image:
    """Do every step of the Dockerfile; return the image of its last stage."""
    ignore = [
        line
        for line in (CHECKOUT / ".dockerignore").read_text("utf-8").splitlines()
        if line[:1] not in {"", "#"}
    ]
    python, stages = work / "python", dict[str, Path]()
    venv.create(python, with_pip=True)
    image, name = Image(work / "root", python / "bin"), ""
    for step in steps((CHECKOUT / "Dockerfile").read_text("utf-8")):
        print(f"    {step.line:3} {step.word} {step.rest}", flush=True)
        if step.word != "FROM":
            perform(image, step, stages, ignore)
            continue
        if name:
            stages[name] = image.root.rename(work / f"stage-{name}")
        # All stages stand at the same place while they are made: an environment knows its own path.
        image, name = Image(work / "root", python / "bin"), step.rest.partition(" AS ")[2] or "last"
        image.root.mkdir()
    return image


def first_line(stream: IO[str] | None) -> str:
    """Return the first line of ``stream``; queue.Empty when none comes in time."""
    lines: queue.Queue[str] = queue.Queue()
    if stream is not None:
        threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    return lines.get(timeout=SECONDS_TO_START)


def started(image: Image, variables: dict[str, str]) -> subprocess.Popen[str]:
    """Start ENTRYPOINT and CMD; return the process once it has printed its ready line."""
    command = [*image.entrypoint, *image.command]
    command[0] = shutil.which(command[0], path=variables["PATH"]) or command[0]
    process = subprocess.Popen(
        command, cwd=image.inside(image.workdir), env=variables, stdout=subprocess.PIPE, text=True
    )
    try:
        if json.loads(first_line(process.stdout))["event"] == "ready":
            return process
    except (queue.Empty, ValueError, KeyError):
        pass
    process.kill()
    raise StepFailed("the server did not print its ready line")


def prove(image: Image) -> None:
    """Start the server, ask its health check, stop it."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port = probe.getsockname()[1]
    variables = image.variables() | {"JODO_MOCK_PORT": str(port)}
    with started(image, variables) as process:
        print(f"    started on port {port}: {shlex.join([*image.entrypoint, *image.command])}", flush=True)
        try:
            health = [
                shutil.which(image.healthcheck[0], path=variables["PATH"]) or "",
                *image.healthcheck[1:],
            ]
            subprocess.run(health, env=variables, check=True, timeout=SECONDS_TO_START)
            print(f"    healthy: {shlex.join(image.healthcheck)}", flush=True)
            process.send_signal(signal.SIGTERM)
            if code := process.wait(timeout=SECONDS_TO_STOP):
                raise StepFailed(f"the server ended with {code}")
            print("    stopped: exit code 0", flush=True)
        finally:
            process.kill()


def main() -> int:
    """Return 0 when the whole Dockerfile works, 1 with the reason on stderr when it does not."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            prove(build(Path(folder).resolve()))
        except (StepFailed, subprocess.SubprocessError, OSError) as error:
            print(f"Dockerfile: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
