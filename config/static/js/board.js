// The keys of the calendar of duties, and its list of people. The calendar is one tab stop: arrows move, Enter (or the space bar) picks up and
// puts down, F2 opens the form of a place or a duty, Esc leaves. What is carried and how is in carry.js.

const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const focusable = "a, button, input, select, summary, [tabindex]";

class Calendar {
  constructor(board) {
    this.board = board;
    this.table = board.querySelector("table.roster");
    this.list = board.querySelector(".people-list");
    if (!this.table) return;
    this.table.setAttribute("role", "grid");
    this.rows = [...this.table.querySelectorAll("tbody tr:not(.venue)")].map((row) => [...row.children].filter((cell) => cell.tagName === "TD"));
    this.table.querySelectorAll(focusable).forEach((one) => one.setAttribute("tabindex", -1));
    this.table.querySelectorAll(".at").forEach((place) => place.setAttribute("tabindex", -1));
    this.items().forEach((item) => item.setAttribute("tabindex", -1));
    this.table.addEventListener("focusin", (event) => this.entered(event));
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("toggle", (event) => this.opened(event.target), true);
    this.table.addEventListener("click", (event) => this.picked(event));
    board.addEventListener("carry:picked", (event) => this.taken(event.detail));
    board.addEventListener("carry:left", (event) => this.back(event.detail));
    this.people();
    const put = board.dataset.put && this.table.querySelector(`[data-duty="${CSS.escape(board.dataset.put)}"] > summary`);
    this.stop(put || this.items()[0]);
    if (put) {
      put.closest(".post").classList.add("fresh");
      put.focus();
      put.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  get carry() {
    return this.board.carry;
  }

  // What the arrows stop at: people, vacant posts and the form of a place; while something is held, places.
  items(within = this.table) {
    return [...within.querySelectorAll(".post > summary, .post.vacant, .fill > summary")];
  }

  places(within) {
    return [...within.querySelectorAll(".at[data-place]")];
  }

  stop(item) {
    if (!item) return;
    this.table.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    item.setAttribute("tabindex", 0);
  }

  entered(event) {
    const item = event.target.closest(".post > summary, .post.vacant, .fill > summary, .at");
    if (item && event.target === item) this.stop(item);
  }

  // The fields of an opened form are reached by the tab key, those of a closed one are not.
  opened(details) {
    details.querySelectorAll("a, button, input, select").forEach((one) => one.setAttribute("tabindex", details.open ? 0 : -1));
  }

  key(event) {
    const item = event.target.closest(".post > summary, .post.vacant, .fill > summary, .at");
    if (!item || event.target !== item) return;
    if (arrows[event.key]) this.go(item, arrows[event.key]);
    else if (event.key === "Enter" || event.key === " ") {
      if (!this.carry?.held && item.matches(".fill > summary")) return;
      this.press(item);
    } else if (event.key === "F2") this.open(item);
    else return;
    event.preventDefault();
  }

  press(item) {
    if (!this.carry) {
      this.open(item);
      return;
    }
    const place = item.closest(".at");
    if (this.carry.held) {
      if (place?.dataset.place) this.carry.put(place);
      return;
    }
    const source = item.closest("[data-carry]");
    if (source) this.carry.pick(source);
    else this.open(item);
  }

  open(item) {
    const own = item.closest("details.post");
    const details = own || item.closest(".at")?.querySelector("details.fill");
    if (!details) return;
    const vacant = item.dataset.vacant;
    details.open = own ? !own.open : true;
    if (vacant && details.querySelector("select")) details.querySelector("select").value = vacant;
    if (details.open) details.querySelector(own ? "a" : "input:not([type=hidden])")?.focus();
  }

  picked(event) {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const source = button.closest("[data-carry]");
    source.open = false;
    this.carry.pick(source);
  }

  // Picked up: from now on the arrows walk over places.
  taken(source) {
    if (document.body.classList.contains("carrying")) return;
    const here = source.closest(".at");
    const first = here || this.table.querySelector(".at[data-place]:has(.vacant)") || this.table.querySelector(".at[data-place]");
    first?.focus();
  }

  back(source) {
    const item = source.matches(".entry") ? source : source.querySelector("summary");
    item?.focus();
  }

  go(item, [down, across]) {
    const cell = item.closest("td");
    const y = this.rows.findIndex((row) => row.includes(cell));
    const x = this.rows[y].indexOf(cell);
    const stops = (one) => (this.carry?.held ? this.places(one) : this.items(one));
    const here = stops(cell);
    const at = here.indexOf(item);
    let next = down ? here[at + down] : null;
    for (let row = y + down, column = x + across; !next && this.rows[row]?.[column]; row += down, column += across) {
      const found = stops(this.rows[row][column]);
      next = down < 0 ? found.at(-1) : found[0];
    }
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.carry?.held) this.carry.over(next);
  }

  // ---- the people beside it ----

  people() {
    if (!this.list) return;
    const search = this.board.querySelector("[data-people-search]");
    const as = this.board.querySelector("[data-people-as]");
    const entries = [...this.list.querySelectorAll("[data-carry]")];
    const count = this.board.querySelector("[data-people-count]");
    const settle = () => {
      const words = search.value.trim().toLowerCase();
      entries.forEach((one) => {
        one.parentElement.hidden = !one.dataset.key.toLowerCase().includes(words) || (as.value !== "" && one.dataset.capacity !== as.value);
        one.setAttribute("tabindex", -1);
      });
      const shown = entries.filter((one) => !one.parentElement.hidden);
      shown[0]?.setAttribute("tabindex", 0);
      count.textContent = `${shown.length} / ${entries.length}`;
    };
    entries.forEach((one) => one.setAttribute("role", "button"));
    search.addEventListener("input", settle);
    as.addEventListener("change", settle);
    this.list.addEventListener("keydown", (event) => this.peopleKey(event, entries));
    this.list.addEventListener("click", (event) => {
      const entry = event.target.closest("[data-carry]");
      if (entry && this.carry) this.carry.pick(entry);
    });
    settle();
  }

  peopleKey(event, entries) {
    const shown = entries.filter((one) => !one.parentElement.hidden);
    const at = shown.indexOf(event.target);
    if (at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown[at + step]) {
      shown[at].setAttribute("tabindex", -1);
      shown[at + step].setAttribute("tabindex", 0);
      shown[at + step].focus();
    } else if ((event.key === "Enter" || event.key === " ") && this.carry) this.carry.pick(shown[at]);
    else if (!step) return;
    event.preventDefault();
  }
}

function begin() {
  document.querySelectorAll(".board:not([data-started])").forEach((board) => {
    board.dataset.started = "";
    new Calendar(board);
  });
}

begin();
document.addEventListener("carry:anew", begin);
