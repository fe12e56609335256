/** Runs in the page: scrolls up in big steps and watches that the first visible row moves by each step. */
export async function walkUp() {
  const box = document.querySelector(".scroller");
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rows = () => [...box.querySelectorAll("[data-key]")];
  const isStart = () => box.scrollTop === 0 && document.querySelector(".edge")?.textContent.startsWith("Beginning");
  const walk = { jumps: 0, mostRows: 0, reached: false };
  for (let step = 0; step < 3_000 && !walk.reached; step++) {
    const edge = box.getBoundingClientRect().top;
    const row = rows().find((one) => one.getBoundingClientRect().bottom > edge);
    const before = row.getBoundingClientRect().top;
    const room = Math.min(2_000, box.scrollTop);
    box.scrollTop -= 2_000;
    await frame();
    const now = box.querySelector(`[data-key="${row.dataset.key}"]`);
    if (!now || Math.abs(now.getBoundingClientRect().top - before - room) > 4) walk.jumps += 1;
    walk.mostRows = Math.max(walk.mostRows, rows().length);
    walk.reached = isStart();
  }
  return walk;
}
