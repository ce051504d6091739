"""Cells of a download that a spreadsheet would take for a formula are made plain text."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralize(cell: str) -> str:
    """The cell with an apostrophe before what would start a formula; a plain number stays as it is."""
    if not cell.startswith(FORMULA_STARTS) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.lstrip("+-").replace(".", "", 1).isdigit()
