"""`demo`: the whole procedure over a month of closed services, with invented customers and staff."""

from cli.demo.command import demo

__all__ = ["demo"]
