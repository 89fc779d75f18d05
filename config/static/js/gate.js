// The door: the scanner types into one field that always has the focus; 1, 2 and Z press the buttons that bear them; a camera is the fallback.
// A ticket's code begins with 7, so the keys 1, 2 and Z in the empty field cannot be the beginning of a scan.

const gate = document.querySelector("[data-gate]");
const field = document.getElementById("code");
const video = document.querySelector("[data-camera]");
const side = 640;
let timer = null;
let detector = null;

function focus() {
  field.value = "";
  field.focus();
}

function press(key) {
  const button = gate.querySelector(`[data-key="${key.toLowerCase()}"]`);
  if (!button) return false;
  button.form.requestSubmit(button);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[12zZ]$/.test(event.key)) return;
  if (event.target === field ? field.value === "" : !event.target.closest("input, textarea, select")) {
    if (press(event.key)) event.preventDefault();
  }
});

document.body.addEventListener("htmx:afterSwap", focus);

async function reader() {
  try {
    if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code"] });
  } catch {
    // Some browsers have the object and throw; the server reads the picture then.
  }
  return null;
}

function send(code) {
  field.value = code;
  field.form.requestSubmit();
}

async function look() {
  if (!video.videoWidth || document.hidden) return;
  if (detector) {
    const found = await detector.detect(video).catch(() => []);
    if (found.length) pause(() => send(found[0].rawValue));
    return;
  }
  const canvas = document.createElement("canvas");
  const cut = Math.min(video.videoWidth, video.videoHeight);
  canvas.width = canvas.height = Math.min(side, cut);
  canvas.getContext("2d").drawImage(video, (video.videoWidth - cut) / 2, (video.videoHeight - cut) / 2, cut, cut, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(upload, "image/jpeg", 0.8);
}

async function upload(blob) {
  const data = new FormData();
  data.append("frame", blob, "frame.jpg");
  const headers = { "HX-Request": "true", "X-CSRFToken": field.form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(gate.dataset.frameUrl, { method: "POST", body: data, headers, credentials: "same-origin" }).catch(() => null);
  if (!answer || answer.status === 204) return;
  const text = await answer.text();
  pause(() => {
    document.getElementById("gate").outerHTML = text;
    window.htmx.process(document.getElementById("gate"));
    focus();
  });
}

// After an answer the camera rests, so that one ticket held before it is not two scans.
function pause(then) {
  clearInterval(timer);
  then();
  timer = setTimeout(() => { timer = setInterval(look, 300); }, 2500);
}

async function camera() {
  if (timer) {
    clearInterval(timer);
    timer = null;
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.hidden = true;
    return;
  }
  detector = await reader();
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.hidden = false;
  await video.play();
  timer = setInterval(look, 300);
}

gate.querySelector('[data-do="camera"]')?.addEventListener("click", () => camera().catch(() => { video.hidden = true; }));
focus();
