"""Rendering of untrusted content: in child processes with limits, each content once."""

from everpost.services.rendering.renderer import Renderer

__all__ = ["Renderer"]
