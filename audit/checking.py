from dataclasses import dataclass


@dataclass
class Head:
    stream_id: object
    seq: int
    leaf_hash: bytes
    state: str


@dataclass
class Fault:
    code: str


def check_project_log(p, heads):
    return []
