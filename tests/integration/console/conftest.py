"""The console over a real store."""

from tests.integration.web.conftest import site

__all__ = ["site"]
