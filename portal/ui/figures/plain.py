"""What small figures share: no axes, two end labels, and text from data that is never read as markup."""

import plotly.graph_objects as go

from portal.ui.charts import house

CARD_HEIGHT = 96


def card(figure: go.Figure, left: str, right: str) -> go.Figure:
    """A chart for a card: no axes, its two ends named below."""
    ends = [
        {
            "x": place,
            "y": 0,
            "xref": "paper",
            "yref": "paper",
            "yshift": -16,
            "text": escape(text),
            "xanchor": anchor,
            "showarrow": False,
            "font": {"size": 11},
        }
        for place, text, anchor in ((0, left, "left"), (1, right, "right"))
    ]
    unseen = {"visible": False}
    over = {
        "margin": {"l": 0, "r": 0, "t": 2, "b": 18},
        "bargap": 0.12,
        "xaxis": unseen,
        "yaxis": unseen,
        "annotations": ends,
    }
    return house(figure, height=CARD_HEIGHT, grid="", over=over)


def shorten(text: str, length: int) -> str:
    """At most `length` characters, with an ellipsis where something is left out."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def escape(text: str) -> str:
    """Plotly reads a little HTML in its labels; a value from data is never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
