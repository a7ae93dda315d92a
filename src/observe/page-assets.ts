/** The style and the script inside the status page. */

export const STYLE = `
:root { color-scheme: light dark; --good: light-dark(#14622f, #7ddc9b); --bad: light-dark(#a11212, #ff9c93);
  --line: light-dark(#c9ccd1, #43474e); --faint: light-dark(#565b63, #a5abb5); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 90rem; }
header { display: flex; align-items: center; justify-content: space-between; }
h1 { font-size: 1.5rem; margin: 0; }
.scroll { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: normal; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
time { white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .faint { color: var(--faint); }
footer a { margin-right: 1rem; }
@media (max-width: 40rem) {
  table, caption, tbody, tr, tbody th, td { display: block; }
  thead { display: none; }
  tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
  tbody th, td { border: 0; padding: 0; overflow-wrap: anywhere; white-space: normal; }
  td { display: grid; grid-template-columns: 8rem 1fr; }
  td::before { content: attr(data-title); color: var(--faint); }
}
`;

/** Fetches the page again every five seconds while it is looked at, and replaces only what changed. */
export const SCRIPT = `
const button = document.getElementById("pause");
let paused = false;
button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.setAttribute("aria-pressed", String(paused));
});
async function update() {
  const old = document.getElementById("status");
  if (paused || document.hidden || old.contains(document.activeElement) || !getSelection().isCollapsed) return;
  try {
    const answer = await fetch("/", { signal: AbortSignal.timeout(5000) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("status");
    if (fresh === null) throw new Error("not the status page");
    old.innerHTML = fresh.innerHTML;
    document.title = page.title;
  } catch {
    document.title = "Millrace: no answer";
  }
}
setInterval(update, 5000);
`;
