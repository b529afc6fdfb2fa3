"""An S3 service on this machine, which checks signatures, and machines that share a bucket of it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]
PYGO = Path(os.environ.get("PYGO", ROOT / "target/s3/release/pygo")).absolute()
# With the tools, so that nothing is downloaded again.
TOOLS = Path(os.environ.get("PYGO_CACHE_DIR", ROOT / "target/pygo-cache"))
BUCKET = "shared"
REGION = "us-east-1"


def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Service:
    """The service, and the keys of a user who may use every bucket."""

    url: str
    keys: tuple[str, str]

    def client(self, service: str = "s3"):
        key, secret = self.keys
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    def objects(self, bucket: str = BUCKET) -> dict[str, str]:
        """The names of all objects, with what changes whenever one is written."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = [about for page in pages for about in page.get("Contents", [])]
        return {about["Key"]: about["ETag"] + str(about["LastModified"]) for about in found}

    def variables(self, name: str = f"{BUCKET}/ci") -> dict[str, str]:
        key, secret = self.keys
        return {
            "PYGO_SHARED_CACHE": f"s3://{name}",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
        }


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    port = unused_port()
    log = tmp_path_factory.mktemp("service") / "log"
    # These requests, which make a user, need no signature. All later ones do.
    environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3"}
    command = [Path(sys.executable).with_name("moto_server"), "-p", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        service = Service(f"http://127.0.0.1:{port}", ("nobody", "nothing"))
        wait_for(server, service.url, log)
        users = service.client("iam")
        users.create_user(UserName="ci")
        allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        users.put_user_policy(UserName="ci", PolicyName="s3", PolicyDocument=policy)
        made = users.create_access_key(UserName="ci")["AccessKey"]
        service.keys = (made["AccessKeyId"], made["SecretAccessKey"])
        yield service
    finally:
        server.kill()
        server.wait()


def wait_for(server: subprocess.Popen, url: str, log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{url} does not answer\n{log.read_text()}")


@pytest.fixture
def bucket(service) -> Service:
    """The service with an empty bucket."""
    client = service.client()
    client.create_bucket(Bucket=BUCKET)
    yield service
    for name in service.objects():
        client.delete_object(Bucket=BUCKET, Key=name)
    client.delete_bucket(Bucket=BUCKET)


@dataclass
class Machine:
    """A machine with a checkout of the project, and nothing in its cache but tools."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ignored = shutil.ignore_patterns("dist", "build", "*.egg-info", "__pycache__")
        shutil.copytree(ROOT / "example/hello", self.path / "hello", symlinks=True, ignore=ignored)
        cache = self.path / "cache"
        cache.mkdir()
        for name in ["tools", "files", "env", "go", "zig"]:
            (TOOLS / name).mkdir(parents=True, exist_ok=True)
            (cache / name).symlink_to(TOOLS / name)

    def pygo(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        others = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYGO_"))}
        own = {"PYGO_CACHE_DIR": str(self.path / "cache"), **self.variables, **variables}
        command = [PYGO, *arguments]
        return subprocess.run(command, cwd=self.path / "hello", env=others | own, capture_output=True, text=True)

    def build(self, *arguments: str, **variables: str) -> "Built":
        report = self.path / "report.json"
        shutil.rmtree(self.path / "hello/dist", ignore_errors=True)
        arguments = ("matrix", "--targets", "linux-amd64", "--verbose", "--report", str(report), *arguments)
        done = self.pygo(*arguments, **variables)
        assert done.returncode == 0, done.stderr
        (target,) = json.loads(report.read_text())["targets"]
        return Built(done.stderr, target)


@dataclass
class Built:
    """A wheel, and what was printed while it was built."""

    stderr: str
    target: dict

    @property
    def digest(self) -> str:
        return self.target["sha256"]

    @property
    def made(self) -> set[str]:
        """The stages that no machine had made before."""
        return {run["stage"] for run in self.target["stages"] if not run["cached"]}

    @property
    def compilations(self) -> list[str]:
        """The commands that compile: other commands of tools say who they are."""
        commands = (line for line in self.stderr.splitlines() if line.startswith("$ "))
        return [line for line in commands if any(f" {word} " in f"{line} " for word in ("build", "list", "cc"))]

    @property
    def notes(self) -> list[str]:
        """What was wrong with the bucket."""
        return [line for line in self.stderr.splitlines() if " is not usable: " in line]


@pytest.fixture
def machine(tmp_path):
    """Makes machines."""
    count = iter(range(100))

    def make(variables: dict[str, str]) -> Machine:
        path = tmp_path / f"machine-{next(count)}"
        path.mkdir()
        return Machine(path, variables)

    return make
