"""The home state: legitimacy, censorship of news, index of expected war length. Equations: model/ODD.md."""

from __future__ import annotations

import math

from desertion.engine.compile import kernel


@kernel
def legitimacy(
    now: float,
    normal: float,
    pull: float,
    exits: float,
    casualties: float,
    turnout: float,
    ban: float,
    w_exits: float,
    w_casualties: float,
    w_turnout: float,
    w_ban: float,
) -> float:
    """Tomorrow's legitimacy in [0, 1]: back toward normal, less visible exits, casualties, turnout and the shock of a new ban."""
    level = (
        now + pull * (normal - now) - w_exits * exits - w_casualties * casualties - w_turnout * turnout - w_ban * ban
    )
    if level < 0.0:
        return 0.0
    return level if level < 1.0 else 1.0


@kernel
def passing_news(censorship: float, erosion: float, exiles: float) -> float:
    """Share of news that passes censorship, which exiles admitted abroad (share of people) erode."""
    return 1.0 - censorship * math.exp(-erosion * exiles)


@kernel
def war_index(news: float, lost: float, w_news: float, w_lost: float) -> float:
    """Index of expected war length (100 at the start): falls with surrender news and with lost strength."""
    return 100.0 * math.exp(-(w_news * news + w_lost * lost))
