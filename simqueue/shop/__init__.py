"""The shop: lanes, service, rosters, compiled for the customers of one day."""

from simqueue.shop.compile import compile_shop

__all__ = ["compile_shop"]
