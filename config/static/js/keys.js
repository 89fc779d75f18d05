// Keys that work everywhere: / goes to the search, ? lists all keys, Esc closes and returns the focus.
// Single keys are ignored inside fields and when the account has switched them off (body[data-single-keys="off"]).

const sheet = document.getElementById("keys");
let before = null;

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function showKeys() {
  before = document.activeElement;
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.confirm[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.singleKeys === "off") return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if ((event.key === "?" || event.key === "？") && sheet && !sheet.open) {
    event.preventDefault();
    showKeys();
  }
});

sheet?.addEventListener("close", () => before?.focus());
