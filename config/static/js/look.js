// Theme, print size and the menu of a narrow screen. Without this module the same switches post a form.

const root = document.documentElement;
const year = 31536000;
const after = {
  theme: { "": "dark", dark: "light", light: "" },
  size: { "": "large", large: "larger", larger: "" },
};
const kept = {
  theme: { attribute: "theme", cookie: "theme" },
  size: { attribute: "printSize", cookie: "print_size" },
};

root.classList.add("js");

function turn(what) {
  const { attribute, cookie } = kept[what];
  const next = after[what][root.dataset[attribute] || ""] ?? "";
  if (next) root.dataset[attribute] = next;
  else delete root.dataset[attribute];
  document.cookie = `${cookie}=${next};path=/;max-age=${next ? year : 0};samesite=lax`;
}

const deeds = {
  theme: () => turn("theme"),
  size: () => turn("size"),
  menu: (button) => button.setAttribute("aria-expanded", button.closest("[data-rail]").classList.toggle("open")),
  back: () => history.back(),
  print: () => window.print(),
  close: (button) => {
    const box = button.closest("details, dialog");
    if (box.close) box.close();
    else box.open = false;
    box.querySelector("summary")?.focus();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const deed = button && deeds[button.dataset.do];
  if (!deed) return;
  event.preventDefault();
  deed(button);
});

// A button that is not yet possible stays reachable but does nothing.
document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
}, true);

// The list of errors takes the focus, so that a screen reader starts with what is wrong.
document.querySelector(".errors")?.focus();
