"""Secrets in text, settings and objects: found, and masked as `[secrets/<kind>]`. Pure, and fails closed."""

from helmward.guard.contract import Span
from helmward.guard.secrets.masking import find, mask
from helmward.guard.secrets.objects import clean_object
from helmward.guard.secrets.values import mask_value

__all__ = ["Span", "clean_object", "find", "mask", "mask_value"]
