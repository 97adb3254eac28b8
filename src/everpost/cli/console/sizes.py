"""Sizes for people."""

_UNITS = ("bytes", "kB", "MB", "GB")


def size_text(size: int) -> str:
    """The size in bytes, kB, MB or GB, with three digits."""
    amount, unit = float(size), 0
    while round(amount) >= 1_000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1_000, unit + 1
    decimals = 1 if unit and amount < 100 else 0
    return f"{amount:,.{decimals}f} {_UNITS[unit]}"
