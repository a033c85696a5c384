"""The first screen as a whole: what stands on it before anything has been moved, with the answer already in it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from desertion import __version__
from desertion.app.parts.markup import escaped
from desertion.app.request.choice import arm_in_words, shipped, usual_scale
from desertion.app.request.mix import Mix, presets, unfit
from desertion.app.request.sliders import CONTAGION, CONTAGION_WORDS, SLIDERS, Slider
from desertion.app.simulator import charts, facts
from desertion.app.simulator.screen import Question, parts

TOUR = (
    (
        "border=shut",
        "Doors shut, and hardly a difference",
        "The border states let nobody in and the hosts that offer asylum take no claims at their borders, yet nearly as many leave. Look at where they are: in the states that ask no visa.",
    ),
    (
        "ban=30",
        "A ban makes a rush before it",
        "The government lets it be known that the way out will close. Up to the mark more have left than under the status quo, since whoever wants to go goes now; the end of the curve alone would hide it.",
    ),
    (
        "asylum=fast",
        "An offer to all that ends in a queue",
        "Fast track draws people to the hosts that offer asylum, but most of them still wait on the last day. Now move “Places and caseworkers” to ten times, and see who waits and who is protected.",
    ),
)
"""Clicks of the tour: what is set, and what there is to see."""

_STATIC = {"style.css": "text/css", "simulator.css": "text/css", "simulator.js": "text/javascript"}


@cache
def static(name: str) -> tuple[bytes, str]:
    """Content and media type of a file of the page.

    Raises:
        KeyError: If there is none of that name.
    """
    kind = _STATIC[name]
    folder = Path(__file__).parent
    return ((folder.parent / "server" if name == "style.css" else folder) / name).read_bytes(), kind


def _link(name: str) -> str:
    return f"/simulator/static/{name}?{hashlib.sha256(static(name)[0]).hexdigest()[:12]}"


def page(question: Question, wrong: dict[str, str], made_with: str = "") -> str:
    """The page.

    Args:
        question: What is asked, of which what has been run is shown.
        wrong: What is wrong in the address, by part.
        made_with: The version that the address was made with, empty if it names none.
    """
    mix = question.mix
    # Asked before the parts are made: what comes in meanwhile is not in them, and the page has to ask for it.
    whole = question.is_whole
    shown = parts(question)
    told = [*wrong.values()]
    if made_with and made_with != __version__:
        told.append(
            f"This address was made with version {made_with[:20]}; this is {__version__}, whose numbers may differ."
        )
    alerts = "".join(f'<p class="app-alert" role="alert">{escaped(sentence)}</p>' for sentence in told)

    def part(name: str, tag: str = "div", more: str = "") -> str:
        # Comes anew with every answer, and looks old until it does.
        return f'<{tag} id="{name}"{more} data-fades>{shown.get(name, "")}</{tag}>'

    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>What would a policy change? - Desertion cascades</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{_link("style.css")}"><link rel="stylesheet" href="{_link("simulator.css")}">
<script src="{_link("simulator.js")}" defer></script>
</head>
<body>
<div class="app-root sim" data-version="{__version__}">
<a class="skip" href="#headline">Skip to the answer</a>
<nav class="app-nav" aria-label="Pages"><span class="brand">Desertion cascades</span><span id="pages">{shown["pages"]}</span><button type="button" class="press theme" id="theme">Dark</button></nav>
<main>
<h1>What would a policy change?</h1>
{_tour()}
<div id="told">{alerts}</div><div id="wrong"></div>
<div class="sim-grid">
<section id="answer" class="sim-answer" aria-label="The answer" data-whole="{str(whole).lower()}">
{part("headline", "p", more=' class="headline" role="status" tabindex="-1"')}
{part("leavers")}
</section>
<section class="sim-second" aria-label="Where people are">{part("places")}<div class="app-legend">{charts.key_of_places()}</div></section>
<div class="sim-basis">{part("basis", "p", more=' class="small"')}{part("beside")}</div>
<form id="mix" class="sim-controls" aria-label="Policies" autocomplete="off" data-unfit="{escaped(json.dumps(unfit(mix.scenario)))}">
{_presets(mix)}
{_contagion(mix)}
{_groups(mix)}
<div class="app-buttons"><button type="button" class="press" id="undo">Undo</button><button type="button" class="press" id="reset">Back to the status quo</button></div>
{_expert(mix, wrong)}
<noscript><p class="app-alert note">Moving the sliders needs JavaScript; {_without_script(mix, whole)}</p></noscript>
</form>
<section class="sim-more" aria-label="Behind the answer">
<div class="sim-two">
<div><h2>Why?</h2>{part("why")}<h2>How sure is that?</h2>{part("judged", "p")}</div>
<div>{part("tipping")}</div>
</div>
<div class="app-buttons"><button type="button" class="press" id="keep" aria-pressed="{"true" if mix.beside else "false"}">{"Drop A" if mix.beside else "Keep as A"}</button>
<button type="button" class="press" id="share">Copy the address</button><a class="press" id="csv" href="/simulator/answer?as=csv&amp;{escaped(mix.query())}" download="policy.csv">Download CSV</a>
<a class="press" id="json" href="/simulator/answer?{escaped(mix.query())}" download="policy.json">Download JSON</a><span id="said" role="status" class="small"></span></div>
<details><summary>All numbers</summary>{part("numbers")}<p class="small">Medians of the runs with 95 % intervals; differences are taken within pairs, so they need not be the difference of the medians. Persons at real size.
“Left” counts each person once, by the first way out; “departures” would count every spell.</p></details>
<h2>The same on the command line</h2>{part("command", "code")}
{part("elsewhere", "p", more=' class="links"')}
<p class="small">{escaped(facts.GRADES)}</p>
</section>
</div>
</main>
</div>
</body>
</html>
"""


def _without_script(mix: Mix, whole: bool) -> str:
    """What a visitor without JavaScript can do: his page cannot hear the answer grow."""
    if whole:
        return "the answer to this address is shown without it."
    data = f'<a href="/simulator/answer?{escaped(mix.query())}">the whole of it as plain data</a>'
    return f"so does watching the answer grow. Open {data}: once it is there, this page, loaded anew, shows it too."


def _presets(mix: Mix) -> str:
    options = [f'<option value=""{"" if mix.preset else " selected"} data-query="-">your own mix</option>']
    options += [
        f'<option value="{name}" data-query="{escaped(preset.query())}"{" selected" if name == mix.preset else ""}>{escaped(arm_in_words(name))}{"" if preset.policies else ", the status quo"}</option>'
        for name, preset in presets().items()
    ]
    return (
        f'<label class="field"><span class="label">Start from a policy</span><select id="preset">{"".join(options)}</select></label>'
        f'<input type="hidden" name="also" value="{escaped(mix.also)}"><input type="hidden" name="beside" value="{escaped(mix.beside)}">'
        f'<p id="also" class="small">{escaped(also(mix))}</p>'
    )


def _groups(mix: Mix) -> str:
    groups: dict[str, list[str]] = {}
    for slider in SLIDERS:
        groups.setdefault(slider.group, []).append(_slider(slider, mix))
    return "".join(
        f'<fieldset class="sim-group"><legend>{escaped(title)}</legend>{"".join(sliders)}</fieldset>'
        for title, sliders in groups.items()
    )


def _slider(slider: Slider, mix: Mix) -> str:
    rows = []
    for word, bases in facts.basis_of_slider(slider):
        if not bases:
            rows.append(
                f"<p><b>{escaped(word)}:</b> nothing is changed: each host as the scenario states it, with its source.</p>"
            )
        for basis in bases:
            sources = "".join(f"<li>{escaped(source)}</li>" for source in basis.sources) or "<li>no source</li>"
            notes = "".join(
                f"<li>{escaped(lever.replace('_', ' '))}: {escaped(note)}</li>" for lever, note in basis.notes.items()
            )
            rows.append(f"<p><b>{escaped(word)}:</b> {escaped(basis.summary)}</p><ul>{sources}{notes}</ul>")
    rows += [_claim(claim) for claim in slider.claims]
    return _range(
        slider.key,
        slider.title,
        slider.meaning,
        [(step.key, step.word) for step in slider.steps],
        slider.usual,
        mix.step(slider),
        "".join(rows),
    )


def _contagion(mix: Mix) -> str:
    keys = list(CONTAGION)
    about = (
        "<p>How much those who see others leave are likelier to go: a multiple of the scenario's weights of squad, company, home town, ties, news and facing armies.</p>"
        "<ul><li>as shipped: set from one study of prisoners (Lehmann and Zhukov 2019, A) for news and facing armies; no source for the other levels: swept</li></ul>"
    )
    about += _claim("contagion")
    slider = _range("contagion", "How strong is contagion?", "How much people are moved by those who left before them. It is poorly known: try the answer at all three.", [(key, CONTAGION_WORDS[key]) for key in keys],
                    keys.index("shipped"), keys.index(mix.contagion), about)  # fmt: skip
    return f'<fieldset class="sim-group contagion"><legend>Contagion</legend>{slider}</fieldset>'


def _claim(name: str) -> str:
    verdict = facts.verdict_on(name)
    if verdict is None:
        return ""
    return (
        f'<p class="claim"><b>Claim:</b> “{escaped(verdict.claim)}”<br><b>Verdict:</b> <span class="word {verdict.word}">{verdict.word}</span>'
        f"{escaped(facts.shown_in(verdict))}</p>"
    )


def _range(key: str, title: str, meaning: str, steps: list[tuple[str, str]], usual: int, now: int, about: str) -> str:
    words = "".join(
        f'<span data-step="{place}" class="{"now" if place == now else ""}">{escaped(word)}</span>'
        for place, (_, word) in enumerate(steps)
    )
    return (
        f'<div class="slider"><div class="slider-head"><label for="s-{key}">{escaped(title)}</label></div>'
        f'<input type="range" id="s-{key}" name="{key}" min="0" max="{len(steps) - 1}" step="1" value="{now}" data-usual="{usual}" '
        f'data-keys="{" ".join(step for step, _ in steps)}" data-words="{escaped("|".join(word for _, word in steps))}" '
        f'aria-valuetext="{escaped(steps[now][1])}" aria-describedby="u-{key} m-{key}">'
        f'<div class="words n{len(steps)}" aria-hidden="true">{words}</div>'
        f'<p class="unfit" id="u-{key}"></p>'
        f'<details class="about"><summary aria-label="What is “{escaped(title)}” based on?">?</summary><div><p id="m-{key}">{escaped(meaning)}</p>{about}</div></details></div>'
    )


def _expert(mix: Mix, wrong: dict[str, str]) -> str:
    def text(name: str, label: str, value: str, hint: str, placeholder: str) -> str:
        problem = wrong.get(name, "")
        return (
            f'<label class="field{" wrong" if problem else ""}"><span class="label">{label}</span>'
            f'<input name="{name}" value="{escaped(value)}" placeholder="{escaped(placeholder)}" spellcheck="false" aria-invalid="{"true" if problem else "false"}" aria-describedby="w-{name} h-{name}">'
            f'<span class="problem" id="w-{name}" role="alert">{escaped(problem)}</span><span class="hint" id="h-{name}">{escaped(hint)}</span></label>'
        )

    options = "".join(
        f'<option value="{name}"{" selected" if name == mix.scenario else ""}>{escaped(title.split(":")[0])}</option>'
        for name, title in shipped()["scenarios"].items()
    )
    lines = "\n".join(f"{key} = {value}" for key, value in mix.settings)
    return (
        f'<details class="expert"{" open" if mix != Mix(steps=mix.steps, also=mix.also, contagion=mix.contagion, beside=mix.beside) else ""}><summary>For experts</summary>'
        f'<label class="field"><span class="label">Scenario</span><select name="scenario" data-usual="{Mix().scenario}">{options}</select></label>'
        + text(
            "seed",
            "Seed",
            str(mix.seed) if mix.seed != Mix().seed else "",
            "The same seed, the same people and fates.",
            str(Mix().seed),
        )
        + text(
            "scale",
            "Scale",
            str(mix.scale or ""),
            "Share of the real size that is simulated.",
            usual(mix),
        )
        + text("days", "Days", str(mix.days) if mix.days else "", "How long the run lasts.", "the scenario's own")
        + '<label class="field"><span class="label">Any other inputs, one a line</span>'
        f'<textarea name="set" rows="3" spellcheck="false" placeholder="hosts.finland.case_days = 30" aria-describedby="w-set">{escaped(lines)}</textarea>'
        f'<span class="problem" id="w-set" role="alert"></span><span class="hint">They hold under the status quo and under the mix alike.</span></label></details>'
    )


def also(mix: Mix) -> str:
    """Which policy is laid over all sliders, in words; empty for none."""
    return f"Laid over the sliders: {arm_in_words(mix.also)}" if mix.also else ""


def usual(mix: Mix) -> str:
    """The scale of a run whose scale nobody chose, as it stands in the empty field."""
    return f"{usual_scale(mix.scenario):g}"


def _tour() -> str:
    steps = "".join(
        f'<li data-query="{escaped(query)}"{"" if place == 0 else " hidden"}><b>{place + 1} of {len(TOUR)}: {escaped(title)}</b><br>{escaped(words)}</li>'
        for place, (query, title, words) in enumerate(TOUR)
    )
    return (
        '<div class="tour"><button type="button" id="tour">A tour in three clicks</button>'
        f'<div id="tour-steps" hidden><div role="status"><ol>{steps}</ol></div><button type="button" class="press main" id="tour-next">Next</button></div></div>'
    )
