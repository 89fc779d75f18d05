// The bar of a long piece of work: asks for its state until it is over, then shows the page anew with the result.
//
//   <div data-job="/jobs/42/state/" data-state="running"> … <progress> … [data-step] [data-count] </div>
//   The address answers {"state": "running", "over": false, "done": 214, "total": 346, "step": "…"}

async function ask(bar, wait) {
  try {
    const answer = await fetch(bar.dataset.job, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    const job = await answer.json();
    const line = bar.querySelector("progress");
    line.max = job.total || 1;
    line.value = job.done;
    const count = bar.querySelector("[data-count]");
    if (count) count.textContent = `${job.done} / ${job.total}`;
    const step = bar.querySelector("[data-step]");
    if (step) step.textContent = job.step || "";
    if (job.over) {
      location.reload();
      return;
    }
  } catch {
    wait = Math.min(wait * 2, 15000);
  }
  if (bar.isConnected) setTimeout(() => ask(bar, wait), wait);
}

const over = new Set(["done", "failed", "cancelled"]);
document.querySelectorAll("[data-job]").forEach((bar) => {
  if (bar.dataset.job && !over.has(bar.dataset.state)) ask(bar, 1000);
});
