"""The log of a day: what is known of each visit."""

from simqueue.engine.log.derive import derive_log

__all__ = ["derive_log"]
