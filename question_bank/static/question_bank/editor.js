// Saves the words of a question over a socket while they are typed. The form's own button does the same without it.

const form = document.getElementById("words");
const line = document.getElementById("saved");
const wait = 1200;
const again = 5000;
let socket = null;
let timer = null;
let pending = false;
let stopped = false;

function say(word) {
  line.textContent = line.dataset[word] || word;
}

function words() {
  const read = (name) => form.elements[name]?.value ?? "";
  const texts = { stem: read("stem"), source: read("source"), explanation: read("explanation"), answer_to_review: read("answer_to_review") };
  const ticked = [...form.querySelectorAll("input[name=key]:checked")].map((input) => input.value);
  texts.key = form.dataset.kind === "short_answer" ? read("key") : ticked.join("");
  const options = [...form.querySelectorAll("input[name=choice]")].map((input) => input.value);
  while (options.length && !options[options.length - 1].trim()) options.pop();
  return { texts, choices: options };
}

function save() {
  timer = null;
  if (stopped || !socket || socket.readyState !== WebSocket.OPEN) return;
  pending = true;
  say("saving");
  socket.send(JSON.stringify({ type: "save", revision: Number(form.elements.revision.value), ...words() }));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => (pending ? later() : save()), wait);
}

function hear(event) {
  const said = JSON.parse(event.data);
  pending = false;
  if (said.type === "saved") {
    form.elements.revision.value = said.revision;
    say("saved");
  } else if (said.type === "stale") {
    stopped = true;
    say("stale");
  } else if (said.text) {
    line.textContent = said.text;
  }
}

// The wall went up: what stands on the page goes, the reason stays.
function shut() {
  const notice = document.createElement("p");
  notice.className = "notice danger";
  notice.setAttribute("role", "alert");
  notice.textContent = line.dataset.closed;
  document.querySelectorAll("main .columns, main .blockers, main .acts .button").forEach((part) => part.remove());
  document.querySelector("main .notices").prepend(notice);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}${form.dataset.socket}`);
  socket.addEventListener("message", hear);
  socket.addEventListener("close", (event) => {
    pending = false;
    if (event.code === 4403) {
      // What was open is open no longer: nothing of the text stays on the screen.
      stopped = true;
      shut();
      return;
    }
    say("lost");
    if (!stopped) setTimeout(connect, again);
  });
}

if (form) {
  form.addEventListener("input", later);
  connect();
}
