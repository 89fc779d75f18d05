// A live part of a page: a socket that says "something changed", and a slow poll of a version number in case the socket is silent or closed.
//
//   <div data-live="/ws/wall/42/" data-version-url="/video/wall/42/version" data-version="17" hx-get="/video/wall/42/rows" hx-trigger="live:changed"> … </div>
//
// Every message is also an event `live:message` on the element (detail: the parsed JSON), so that a page's own module can do more with it.
// The version is asked every `data-poll` seconds (10) and decides: a lost message cannot leave the page behind.

const least = 1000;
const most = 30000;

class Live {
  constructor(element) {
    this.element = element;
    this.wait = least;
    this.version = element.dataset.version || "";
    this.notice = document.getElementById(element.dataset.notice || "offline");
    if (element.dataset.live) this.connect();
    if (element.dataset.versionUrl) this.timer = setInterval(() => this.poll(), 1000 * (Number(element.dataset.poll) || 10));
  }

  connect() {
    if (!this.element.isConnected) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}${this.element.dataset.live}`);
    this.socket.addEventListener("open", () => this.opened());
    this.socket.addEventListener("message", (event) => this.heard(event.data));
    this.socket.addEventListener("close", (event) => this.closed(event));
  }

  opened() {
    this.wait = least;
    this.show(false);
    this.tell("live:open", null);
    this.changed();
  }

  heard(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    this.tell("live:message", message);
    if (message.version !== undefined) this.see(String(message.version));
    else if (message.type === "changed") this.changed();
  }

  closed(event) {
    this.tell("live:closed", { code: event.code });
    this.show(true);
    if (event.code === 4401 || event.code === 4403) {
      location.reload();
      return;
    }
    // Jitter, so that a hall of screens does not come back in the same second.
    setTimeout(() => this.connect(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, most);
  }

  async poll() {
    if (!this.element.isConnected) {
      clearInterval(this.timer);
      this.socket?.close();
      return;
    }
    try {
      const answer = await fetch(this.element.dataset.versionUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) return;
      const { version } = await answer.json();
      if (!this.element.dataset.live || this.socket?.readyState === WebSocket.OPEN) this.show(false);
      this.see(String(version));
    } catch {
      this.show(true);
    }
  }

  see(version) {
    if (version === this.version) return;
    this.version = version;
    this.changed();
  }

  changed() {
    if (this.pending) return;
    this.pending = setTimeout(() => {
      this.pending = null;
      this.tell("live:changed", { version: this.version });
    }, 200);
  }

  tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  show(offline) {
    if (this.notice) this.notice.hidden = !offline;
  }
}

function begin(root) {
  root.querySelectorAll("[data-live]:not([data-started]), [data-version-url]:not([data-started])").forEach((element) => {
    element.dataset.started = "";
    element.live = new Live(element);
  });
}

begin(document);
document.body.addEventListener("htmx:afterSettle", (event) => begin(event.target));
document.querySelectorAll("[data-clock]").forEach((clock) => {
  // Shows the server's time, not that of the desk: data-clock is the server's moment in milliseconds when the page was made.
  const shift = Number(clock.dataset.clock) - Date.now();
  const zone = clock.dataset.zone || "Asia/Shanghai";
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone });
  setInterval(() => { clock.textContent = format.format(new Date(Date.now() + shift)); }, 1000);
});
