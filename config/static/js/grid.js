// A plan of seats is one tab stop: arrows move, Enter picks up and puts down, Esc lets go. The list with its form does the same without a plan.
// Inside a board that weighs moves first ([data-weigh], carry.js) it only steers; what is picked up and put down is the board's.
//
//   <svg role="grid" data-said="id of a live line" data-picked="id of a form">   rows: <g role="row">   cells: <g role="gridcell" data-seat="…" aria-label="…">
//
// Putting down fills the fields `moved` and `target` of the form and submits it. A click does what Enter does.

const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };

function start(grid) {
  const rows = [...grid.querySelectorAll("[role=row]")].map((row) => [...row.querySelectorAll("[role=gridcell]")]);
  const cells = rows.flat();
  const said = document.getElementById(grid.dataset.said);
  const form = document.getElementById(grid.dataset.picked);
  let held = null;

  function tell(text) {
    if (said) said.textContent = text;
  }

  function stop(cell) {
    cells.forEach((one) => one.setAttribute("tabindex", one === cell ? 0 : -1));
  }

  function go(cell, [down, across]) {
    const y = rows.findIndex((row) => row.includes(cell));
    const x = rows[y].indexOf(cell);
    const row = rows[Math.min(Math.max(y + down, 0), rows.length - 1)];
    const next = row[Math.min(Math.max(x + across, 0), row.length - 1)];
    next.focus();
    if (board()?.held) board().over(next);
  }

  function letGo() {
    held?.classList.remove("held");
    held = null;
  }

  const board = () => grid.closest("[data-weigh]")?.carry;

  function press(cell) {
    const carry = board();
    if (carry?.held) carry.put(cell);
    else if (carry && cell.dataset.carry) carry.pick(cell);
    if (carry || !form) return;
    if (held === null) {
      held = cell;
      cell.classList.add("held");
      tell(`${cell.getAttribute("aria-label")} ${grid.dataset.heldWord || ""}`);
    } else if (held === cell) {
      letGo();
    } else {
      form.elements.moved.value = held.dataset.seat;
      form.elements.target.value = cell.dataset.seat;
      letGo();
      form.requestSubmit();
    }
  }

  stop(cells.find((cell) => cell.getAttribute("tabindex") === "0") || cells[0]);
  // Not on the drawing itself: an SVG that listens for focus becomes a tab stop of its own.
  grid.parentElement.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell || !grid.contains(cell)) return;
    stop(cell);
    tell(cell.getAttribute("aria-label"));
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    cell.focus();
    press(cell);
  });
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    if (step[event.key]) go(cell, step[event.key]);
    else if (event.key === "Enter" || event.key === " ") press(cell);
    else if (event.key === "Escape") letGo();
    else return;
    event.preventDefault();
  });
}

function cones(root) {
  const buttons = [...root.querySelectorAll("[data-cone]")];
  buttons.forEach((button) => button.addEventListener("click", () => {
    buttons.forEach((one) => one.setAttribute("aria-pressed", one === button));
    document.querySelectorAll(".cone").forEach((cone) => cone.classList.toggle("on", cone.dataset.camera === button.dataset.cone));
  }));
}

function begin(root) {
  root.querySelectorAll("[role=grid]:not([data-started])").forEach((grid) => {
    grid.dataset.started = "";
    if (grid.querySelector("[role=gridcell]")) start(grid);
  });
  cones(root);
}

begin(document);
document.body.addEventListener("htmx:afterSettle", (event) => begin(event.target));
