// Carrying somebody to another place: picked up, held over a place, put down. Whatever speaks against a place is asked and shown first.
//
//   <div data-weigh="/address" data-panel="id" data-live-line="id" data-words-…="…">      the board; its methods are at element.carry
//     <… data-carry="duty=1" data-label="…">                                               what can be carried
//     <… data-place="slot=2" data-label="…">                                               where it can be put
//   <div id="panel" hidden><div data-answer></div><button data-leave>…</button></div>       beside the place
//
// The address answers with a piece of a page: <article data-clear="yes|no" data-asks="yes|no"> with the reasons, a line [data-said] for
// those who hear, and the form that would do it. A form of class `put` is sent from here and the board shown anew; any other goes by itself.
// A mouse drags. Keys (board.js, grid.js) and a finger pick up first and choose the place then. Without this module plain forms do it all.

const far = 6; // a hand that trembles does not drag
const pause = 120; // milliseconds over a place before it is asked about
const edge = 48; // so near to the edge the page begins to move along
const part = { "X-Part": "1" };

class Carry {
  constructor(root) {
    this.root = root;
    this.panel = document.getElementById(root.dataset.panel);
    this.answer = this.panel.querySelector("[data-answer]");
    this.line = document.getElementById(root.dataset.liveLine);
    this.held = null;
    this.place = null;
    this.asked = new Map();
    this.panel.querySelector("[data-leave]").addEventListener("click", () => this.leave());
    this.panel.addEventListener("submit", (event) => this.send(event));
    root.addEventListener("pointerdown", (event) => this.press(event));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("dragstart", (event) => event.preventDefault());
  }

  word(name) {
    return this.root.dataset[`words${name}`] || "";
  }

  say(text) {
    if (this.line) this.line.textContent = text.replace(/\s+/g, " ").trim();
  }

  pick(source) {
    if (this.held) this.drop();
    this.held = source;
    this.asked.clear();
    source.classList.add("held");
    this.root.classList.add("holding");
    this.say(`${source.dataset.label} ${this.word("Held")}`);
    this.root.dispatchEvent(new CustomEvent("carry:picked", { detail: source }));
  }

  // Lets go of everything without a word.
  drop() {
    this.held?.classList.remove("held");
    this.place?.classList.remove("over");
    this.held = this.place = null;
    this.root.classList.remove("holding");
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.answer.replaceChildren();
  }

  leave() {
    const source = this.held;
    this.drop();
    this.say(this.word("Left"));
    if (source) this.root.dispatchEvent(new CustomEvent("carry:left", { detail: source }));
  }

  // The answer about a place, once for as long as this is held.
  ask(place) {
    const question = `${this.root.dataset.weigh}?${this.held.dataset.carry}&${place.dataset.place}`;
    if (!this.asked.has(question)) {
      const answer = fetch(question, { headers: part, credentials: "same-origin" }).then((found) => {
        if (!found.ok || found.redirected) throw new Error(String(found.status));
        return found.text();
      });
      answer.catch(() => this.asked.delete(question));
      this.asked.set(question, answer);
    }
    return this.asked.get(question);
  }

  // Where the thing stands already: to put it down there is to leave it.
  own(place) {
    return Boolean(place?.contains(this.held));
  }

  over(place, hand = null) {
    if (!this.held || place === this.place) return;
    this.hand = hand;
    this.place?.classList.remove("over");
    this.place = place;
    clearTimeout(this.timer);
    if (!place || this.own(place)) {
      this.panel.hidden = true;
      return;
    }
    place.classList.add("over");
    this.timer = setTimeout(() => this.show(place), pause);
  }

  async show(place) {
    clearTimeout(this.timer);
    const held = this.held;
    let html = null;
    if (!this.panel.hidden || this.answer.childElementCount === 0) this.answer.textContent = this.word("Asking");
    try {
      html = await this.ask(place);
    } catch {
      html = "";
    }
    if (this.held !== held || this.place !== place) return null;
    if (html) this.put(html);
    else this.answer.textContent = this.word("Lost");
    this.panel.hidden = false;
    this.beside(place);
    const said = this.answer.querySelector("[data-said]");
    this.say(`${place.dataset.label}: ${(said || this.answer).textContent}`);
    return this.answer.querySelector("[data-clear]");
  }

  // The server's own fragment, as nodes.
  put(html) {
    this.answer.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  // To the right of the place or to the left, else below or above it; a narrow screen keeps it at its foot (see the style sheet).
  beside(place) {
    const box = place.getBoundingClientRect();
    const hand = this.hand && this.hand.clientX < box.right - 32 ? this.hand.clientX + 32 : box.right;
    const [width, height] = [this.panel.offsetWidth, this.panel.offsetHeight];
    let [left, top] = [hand + 8, box.top];
    if (left + width > innerWidth) left = (this.hand ? Math.min(box.right, this.hand.clientX - 16) : box.left) - width - 8;
    if (left < 8) {
      left = Math.min(box.left, innerWidth - width - 8);
      top = box.bottom + 8 + height < innerHeight ? box.bottom + 8 : box.top - height - 8;
    }
    this.panel.style.left = `${Math.max(8, left)}px`;
    this.panel.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  }

  async put(place) {
    if (!this.held) return;
    if (this.own(place)) {
      this.leave();
      return;
    }
    if (place !== this.place) this.over(place);
    const found = await this.show(place);
    if (!found) return;
    const form = found.querySelector("form");
    if (found.dataset.clear === "yes" && found.dataset.asks === "no") form.requestSubmit();
    else if (found.dataset.clear === "yes") form.querySelector("input:not([type=hidden]), textarea").focus();
    else this.panel.focus();
  }

  async send(event) {
    const form = event.target;
    if (!form.classList.contains("put")) return;
    event.preventDefault();
    const place = this.place;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: part, credentials: "same-origin" });
      const text = await answer.text();
      if (answer.ok && answer.redirected) this.anew(text);
      else if (answer.status === 409) {
        this.asked.clear();
        this.put(text);
        this.say(this.answer.querySelector("[data-said]")?.textContent || "");
        this.panel.focus();
        if (place) this.beside(place);
      } else throw new Error(String(answer.status));
    } catch {
      this.answer.textContent = this.word("Lost");
      this.say(this.word("Lost"));
    }
  }

  // The board as it stands now, in place of this one; what stays is where the reader had scrolled to.
  anew(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const board = page.getElementById(this.root.id);
    const before = this.root.querySelector(".wide");
    const told = page.querySelector(".notices")?.textContent || "";
    this.drop();
    const facts = page.querySelector(".facts");
    if (facts) document.querySelector(".facts")?.replaceWith(facts);
    const [left, top] = [before?.scrollLeft || 0, before?.scrollTop || 0];
    this.root.replaceWith(board);
    board.querySelector(".wide")?.scrollTo(left, top);
    begin(document);
    board.dispatchEvent(new CustomEvent("carry:anew", { bubbles: true }));
    board.carry.say(told);
  }

  // ---- the mouse ----

  press(event) {
    const source = event.target.closest("[data-carry]");
    if (!source || event.button !== 0 || event.pointerType === "touch" || event.target.closest("a, button, input, select, form")) return;
    const start = [event.clientX, event.clientY];
    const stop = new AbortController();
    const on = (name, act) => document.addEventListener(name, act, { signal: stop.signal });
    let ghost = null;
    on("pointermove", (moved) => {
      if (!ghost && Math.hypot(moved.clientX - start[0], moved.clientY - start[1]) < far) return;
      if (!ghost) {
        this.pick(source);
        ghost = this.shadow(source);
      }
      moved.preventDefault();
      ghost.style.left = `${moved.clientX + 12}px`;
      ghost.style.top = `${moved.clientY + 12}px`;
      this.along(moved);
      this.over(document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-place]") || null, moved);
    });
    const end = (ended, put) => {
      stop.abort();
      if (!ghost) return;
      ghost.remove();
      this.panel.classList.remove("passing");
      document.body.classList.remove("carrying");
      document.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
      if (put && this.place) this.put(this.place);
      else this.leave();
    };
    on("pointerup", (ended) => end(ended, true));
    on("pointercancel", (ended) => end(ended, false));
    on("keydown", (pressed) => pressed.key === "Escape" && end(pressed, false));
  }

  shadow(source) {
    const ghost = document.createElement("div");
    ghost.className = "ghost";
    ghost.setAttribute("aria-hidden", "true");
    ghost.textContent = source.dataset.label;
    document.body.append(ghost);
    document.body.classList.add("carrying");
    this.panel.classList.add("passing");
    getSelection()?.removeAllRanges();
    return ghost;
  }

  // A board larger than the screen moves along when the hand comes near its edge.
  along(moved) {
    const wide = this.root.querySelector(".wide");
    const box = wide?.getBoundingClientRect();
    if (box && moved.clientX > box.right - edge) wide.scrollLeft += edge / 2;
    if (box && moved.clientX < box.left + edge) wide.scrollLeft -= edge / 2;
    if (box && moved.clientY > box.bottom - edge) wide.scrollTop += edge / 2;
    if (box && moved.clientY < box.top + edge) wide.scrollTop -= edge / 2;
    if (moved.clientY > innerHeight - edge) scrollBy(0, edge / 2);
    if (moved.clientY < edge) scrollBy(0, -edge / 2);
  }

  // A finger, or a click after picking up: the place is chosen and the answer shown; its own button does it.
  click(event) {
    const place = event.target.closest("[data-place]");
    if (!this.held || !place || this.own(place) || event.target.closest("a, button, input, select, form") || event.detail === 0) return;
    event.preventDefault();
    this.over(place);
    this.show(place);
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function begin(root) {
  root.querySelectorAll("[data-weigh]").forEach((board) => {
    board.carry ||= new Carry(board);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("[data-weigh]").forEach((board) => {
    if (!board.carry?.held) return;
    event.preventDefault();
    board.carry.leave();
  });
});

begin(document);
