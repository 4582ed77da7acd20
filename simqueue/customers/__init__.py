"""Customers: who comes, when, with what. Everything here is drawn before any lane is known."""

from simqueue.customers.draw import draw, members

__all__ = ["draw", "members"]
