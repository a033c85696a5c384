"use strict";
// The first screen's only script: it sends where the sliders stand and puts what comes back where it belongs. All markup is made by the server.
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("mix"), answer = byId("answer"), said = byId("said");
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const fields = ["scenario", "seed", "scale", "days"].map((name) => form.elements[name]);
  const version = document.querySelector(".sim").dataset.version;
  const fading = [...document.querySelectorAll("[data-fades]")];
  let source = null, moved = null, lastMove = 0, refused = false, moves = (history.state && history.state.moves) || 0;

  // --- where everything stands, as an address ---------------------------------------------------------------------
  const pair = (name, value) => `${name}=${encodeURIComponent(value)}`;
  function steps() {
    const parts = sliders.filter((s) => s.name !== "contagion" && s.value !== s.dataset.usual).map((s) => pair(s.name, s.dataset.keys.split(" ")[s.value]));
    if (form.elements.also.value) parts.push(pair("also", form.elements.also.value));
    return parts.join("&");
  }
  function query() {
    const parts = [steps()];
    const contagion = form.elements.contagion;
    if (contagion.value !== contagion.dataset.usual) parts.push(pair("contagion", contagion.dataset.keys.split(" ")[contagion.value]));
    for (const f of fields) {
      const value = f.value.trim();
      if (value && value !== f.dataset.usual) parts.push(pair(f.name, value));
    }
    for (const line of form.elements.set.value.split("\n")) if (line.trim()) parts.push(pair("set", line.trim()));
    if (form.elements.beside.value) parts.push(pair("beside", form.elements.beside.value));
    return parts.filter(Boolean).join("&");
  }
  function place(text) {
    // A plus is a plus, and of what is said twice the last counts, as on the server.
    const params = new URLSearchParams(text.replaceAll("+", "%2B"));
    const last = (name) => params.getAll(name).map((value) => value.trim()).filter(Boolean).at(-1);
    for (const s of sliders) {
      const keys = s.dataset.keys.split(" "), known = params.getAll(s.name).map((value) => keys.indexOf(value.trim())).filter((step) => step >= 0);
      s.value = known.length ? known.at(-1) : s.dataset.usual;
    }
    for (const name of ["also", "beside"]) form.elements[name].value = last(name) || "";
    for (const f of fields) f.value = last(f.name) || f.dataset.usual || "";
    form.elements.set.value = params.getAll("set").join("\n");
    dress();
  }

  // --- what the controls look like --------------------------------------------------------------------------------
  function dress(effect) {
    for (const s of sliders) {
      const words = s.dataset.words.split("|");
      s.setAttribute("aria-valuetext", words[s.value] + (effect && s === moved ? `: ${effect}` : ""));
      s.parentElement.querySelectorAll(".words span").forEach((span) => span.classList.toggle("now", span.dataset.step === s.value));
    }
    const preset = byId("preset"), here = steps();
    const match = [...preset.options].find((option) => option.dataset.query === here);
    preset.value = match ? match.value : "";
    const keep = byId("keep"), kept = Boolean(form.elements.beside.value);
    keep.textContent = kept ? "Drop A" : "Keep as A";
    keep.setAttribute("aria-pressed", String(kept));
    const undo = byId("undo");
    // A button that is disabled or hidden while it has the focus leaves the keyboard at the top of the page.
    if (moves === 0 && document.activeElement === undo) byId("reset").focus();
    undo.disabled = moves === 0;
    for (const [id, more] of [["csv", "as=csv&"], ["json", ""]]) byId(id).href = `/simulator/answer?${more}${query()}`;
  }
  // What does not fit the scenario cannot be chosen, and says why; a slider that stands there already can be moved away.
  let unfit = JSON.parse(form.dataset.unfit);
  function fit() {
    for (const s of sliders) {
      const reasons = unfit[s.name] || {};
      for (const span of s.parentElement.querySelectorAll(".words span")) {
        span.classList.toggle("not", span.dataset.step in reasons);
        span.title = reasons[span.dataset.step] || "";
      }
      const told = [...new Set(Object.values(reasons))].map((why) => `${why}.`).join(" ");
      const about = byId(`u-${s.name}`);
      if (about.textContent !== told) about.textContent = told;
      const none = Object.keys(reasons).length === s.dataset.keys.split(" ").length - 1;
      s.disabled = none && s.value === s.dataset.usual && s !== document.activeElement;
    }
    for (const option of byId("preset").options) {
      option.title = (unfit.preset || {})[option.value] || "";
      option.disabled = Boolean(option.title);
    }
  }
  function complain(wrong) {
    // What is no fault of an input stands under "address": a server that is silent, or an answer that comes too late.
    const inputs = Object.keys(wrong).filter((part) => part !== "address");
    refused = inputs.length > 0;
    if (wrong.address) settle();
    for (const span of form.querySelectorAll(".problem")) {
      const name = span.id.slice(2);
      const ofSet = name === "set" ? inputs.filter((part) => !form.elements[part]).map((part) => wrong[part]).join("\n") : "";
      const text = wrong[name] || ofSet;
      if (span.textContent !== text) span.textContent = text;
      span.parentElement.classList.toggle("wrong", Boolean(text));
      const control = span.parentElement.querySelector("input, textarea");
      if (control) control.setAttribute("aria-invalid", String(Boolean(text)));
      if (text) form.querySelector(".expert").open = true;
    }
    const rest = Object.keys(wrong).filter((part) => part === "address" || (form.elements[part] && form.elements[part].type !== "text"));
    byId("wrong").replaceChildren(...rest.map((part) => {
      const p = document.createElement("p");
      p.className = "app-alert";
      p.setAttribute("role", "alert");
      p.textContent = wrong[part];
      return p;
    }));
  }

  function settle() {
    for (const element of fading) element.classList.remove("old");
    byId("headline").setAttribute("aria-busy", "false");
  }

  // --- asking -----------------------------------------------------------------------------------------------------
  function ask(text, moved_on = true) {
    if (source) source.close();
    // What stands there belongs to the mix before until it comes anew.
    if (moved_on) for (const element of fading) element.classList.add("old");
    // Told once, when all pairs are there.
    byId("headline").setAttribute("aria-busy", "true");
    let opened = false;
    const mine = source = new EventSource(`/simulator/events?${text}`);
    mine.onmessage = (event) => { if (mine === source) show(JSON.parse(event.data)); };
    mine.onopen = () => { opened = true; };
    mine.onerror = () => {
      if (mine !== source) return;
      mine.close();
      const what = opened ? "The answer broke off before it was whole" : "The server does not answer, or has too many visitors";
      complain({ address: `${what}; the picture is the last one that it gave. Move a slider to try again.` });
    };
  }
  function show(news) {
    complain(news.wrong || {});
    if (news.unfit) {
      unfit = news.unfit;
      fit();
    }
    for (const [id, markup] of Object.entries(news.parts || {})) {
      const element = byId(id);
      if (!element) continue;
      element.classList.remove("old");
      // What is the same stays, and with it the focus of whoever stands on a link.
      const fresh = element.cloneNode(false);
      fresh.innerHTML = markup;
      if (fresh.innerHTML !== element.innerHTML) element.replaceChildren(...fresh.childNodes);
    }
    if (news.parts) {
      byId("also").textContent = news.also;
      form.elements.scale.placeholder = news.scale;
    }
    if (news.done) {
      source.close();
      byId("headline").setAttribute("aria-busy", "false");
      if (!news.wrong) dress(news.effect);
    }
  }
  function move(control) {
    const now = Date.now(), text = query();
    // What is dragged in one go is one move to undo.
    const goes_on = control && control === moved && now - lastMove < 900;
    moved = control || null;
    lastMove = now;
    if (!goes_on) moves += 1;
    // What was wrong in the address stays told until the visitor goes on from it.
    byId("told").replaceChildren();
    said.textContent = "";
    history[goes_on ? "replaceState" : "pushState"]({ moves }, "", text ? `/?${text}` : "/");
    dress();
    ask(text);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  for (const s of sliders) s.addEventListener("input", () => move(s));
  for (const f of [...fields, form.elements.set]) f.addEventListener("change", () => move(f));
  form.addEventListener("click", (event) => {
    const word = event.target.closest(".words span");
    if (!word || word.classList.contains("not")) return;
    const slider = word.closest(".slider").querySelector("input");
    slider.value = word.dataset.step;
    slider.focus();
    move(slider);
  });
  byId("preset").addEventListener("change", (event) => {
    const wanted = event.target.selectedOptions[0].dataset.query;
    if (wanted !== "-") mix(wanted);
  });
  byId("reset").addEventListener("click", () => mix(""));
  function mix(wanted) {
    const others = new URLSearchParams(query());
    for (const s of sliders) if (s.name !== "contagion") others.delete(s.name);
    others.delete("also");
    place([wanted, others.toString().replaceAll("+", "%20")].filter(Boolean).join("&"));
    move(null);
  }
  // By hand: a hash in the address would be a move that Undo knows nothing of.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("headline").focus();
  });
  byId("undo").addEventListener("click", () => history.back());
  addEventListener("popstate", (event) => {
    moves = event.state && event.state.moves ? event.state.moves : 0;
    moved = null;
    place(location.search.slice(1));
    ask(query());
  });

  // --- keep, share, tour, theme -----------------------------------------------------------------------------------
  byId("keep").addEventListener("click", () => {
    const beside = form.elements.beside, kept = beside.value;
    beside.value = "";
    if (!kept) beside.value = query();
    move(null);
  });
  for (const id of ["csv", "json"]) byId(id).addEventListener("click", (event) => {
    if (!refused) return;
    event.preventDefault();
    said.textContent = "There is nothing to download: an input was refused.";
  });
  byId("share").addEventListener("click", async () => {
    const text = query(), address = `${location.origin}/?${text}${text ? "&" : ""}v=${version}`;
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "The address is on the clipboard.";
    } catch {
      said.textContent = address;
    }
  });
  const tour = [...byId("tour-steps").querySelectorAll("li")];
  let click = -1;
  function next() {
    click += 1;
    byId("tour-steps").hidden = click >= tour.length;
    byId("tour").hidden = click < tour.length;
    if (click >= tour.length) { click = -1; byId("tour").focus(); return; }
    if (click === 0) byId("tour-next").focus();
    tour.forEach((step, number) => { step.hidden = number !== click; });
    byId("tour-next").textContent = click === tour.length - 1 ? "End the tour" : "Next";
    // Its words are true of the scenario that stands there at first, with all other inputs as they are.
    place(tour[click].dataset.query);
    move(null);
  }
  byId("tour").addEventListener("click", next);
  byId("tour-next").addEventListener("click", next);

  const system = matchMedia("(prefers-color-scheme: dark)");
  // A browser may be told to keep nothing of a page: the choice then holds as long as the page.
  let chosen = null;
  try { chosen = localStorage.getItem("desertion-theme"); } catch (kept) { console.debug(kept); }
  function paint() {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    byId("theme").textContent = dark ? "Light" : "Dark";
  }
  byId("theme").addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("desertion-theme", chosen); } catch (kept) { console.debug(kept); }
    paint();
  });
  system.addEventListener("change", paint);
  paint();
  dress();
  fit();
  if (answer.dataset.whole !== "true") ask(query(), false);
})();
