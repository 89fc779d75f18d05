// What cannot be undone is confirmed by typing its number: the button wakes when the words match. Without this module the server compares them.

document.querySelectorAll("details[data-confirm]").forEach((box) => {
  const input = box.querySelector("[name=confirmed]");
  const button = box.querySelector(".button.final[type=submit], form .button.final");
  const settle = () => button.setAttribute("aria-disabled", input.value.trim() !== box.dataset.confirm);
  input.addEventListener("input", settle);
  box.addEventListener("toggle", () => {
    if (box.open) input.focus();
  });
  box.querySelector("form").addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  });
  settle();
});
