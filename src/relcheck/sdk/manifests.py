"""What a project declares to depend on, for rules."""

from relcheck.sources.python.requirements import Fault, Manifests, Requirement, normalised, read_manifests

__all__ = ["Fault", "Manifests", "Requirement", "normalised", "read_manifests"]
