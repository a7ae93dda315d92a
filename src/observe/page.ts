/** The status page: plain HTML, made on the server; works without scripts. */
import { createHash } from "node:crypto";
import type { LoadStatus, MartStatus, PipelineLedger } from "../postgres/status.ts";
import { SCRIPT, STYLE } from "./page-assets.ts";
import type { PipelineProgress } from "./progress.ts";
import { formatBytes, formatCount, formatDuration, formatPlural, formatRate } from "./quantities.ts";
import type { PipelineStatus, Status } from "./status.ts";

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing from elsewhere, and only the style and the script that the page itself carries. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${sha256(STYLE)}`,
  `script-src ${sha256(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The whole page. Every text from outside is escaped. */
export function renderPage(status: Status): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace: ${headline(status)}</title>
<style>${STYLE}</style>
<noscript><meta http-equiv="refresh" content="30"></noscript>
</head>
<body>
<header>
<h1>Millrace</h1>
<button id="pause" type="button" aria-pressed="false" hidden>Pause updates</button>
</header>
<main id="status">
${renderStatus(status)}
</main>
<footer><a href="/api/status">JSON</a> <a href="/metrics">Metrics</a> <a href="/readyz">Readiness</a></footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function headline({ database, pipelines, marts }: Status): string {
  if (!database.up) return "database away";
  const ledgers = pipelines.flatMap(({ ledger }) => ledger ?? []);
  const loads = ledgers.reduce((sum, ledger) => sum + ledger.failedLoads + ledger.quarantinedLoads, 0);
  if (loads > 0) return `${formatPlural(loads, "load")} to look at`;
  const broken = ledgers.filter(({ passErrorCode }) => passErrorCode !== null).length;
  if (broken > 0) return `${formatPlural(broken, "pipeline")} to look at`;
  const stuck = marts.filter(({ error }) => error !== null).length;
  return stuck > 0 ? `${formatPlural(stuck, "mart")} to look at` : ALL_WELL;
}

const ALL_WELL = "all well";

function renderStatus(status: Status): string {
  const { database, loads } = status;
  const refused = loads.filter((load) => load.status !== "running");
  return [
    `<p class="${headline(status) === ALL_WELL ? "good" : "bad"}"><strong>${headline(status)}</strong></p>`,
    database.reason === null ? "" : `<p class="bad">${escape(database.reason)}</p>`,
    renderPipelines(status),
    renderRunning(status),
    refused.length === 0 ? "" : renderRefused(refused, status.at),
    status.marts.length === 0 ? "" : renderMarts(status.marts, status.at),
    `<p class="faint">Millrace ${escape(status.version)}, as of ${moment(status.at)}.</p>`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** A table in a region that scrolls on its own, reachable by keyboard, named by its caption. */
function table(caption: string, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const id = caption.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  const head = titles.map((title) => `<th scope="col">${escape(title)}</th>`).join("");
  const body = rows
    .map(([first, ...rest]) => {
      // On a narrow screen every cell is a line of its own and needs its title beside it.
      const cells = rest
        .map((cell, index) => `<td data-title="${escape(titles[index + 1] ?? "")}">${cell}</td>`)
        .join("");
      return `<tr><th scope="row">${first ?? ""}</th>${cells}</tr>`;
    })
    .join("\n");
  return `<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table>
<caption id="${id}">${escape(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

function renderPipelines({ pipelines, at }: Status): string {
  if (pipelines.length === 0) return "<p>No pipeline yet.</p>";
  return table(
    "Pipelines",
    [
      "Pipeline",
      "State",
      "Objects",
      "Pending",
      "Failed",
      "Quarantined",
      "Newest data",
      "Last load",
      "Last pass",
      "Next pass",
    ],
    pipelines.map((entry) => [
      escape(entry.pipeline),
      state(entry),
      ...ledgerCells(entry.ledger, at),
      entry.nextPassAt === null ? "–" : moment(entry.nextPassAt),
    ]),
  );
}

function state({ ledger, progress }: PipelineStatus): string {
  if (progress?.phase === "looking") return "looking";
  if (progress?.phase === "loading") return `loading${percent(progress)}`;
  if (ledger !== null && ledger.passErrorCode !== null) {
    return `<span class="bad">pass failed: ${escape(ledger.passError ?? ledger.passErrorCode)}</span>`;
  }
  if (ledger === null) return "–";
  if (ledger.quarantinedLoads > 0) return '<span class="bad">quarantined</span>';
  if (ledger.failedForGood > 0) return '<span class="bad">failed</span>';
  if (ledger.failedLoads > 0) return '<span class="bad">failing</span>';
  return ledger.pending > 0 ? "pending" : '<span class="good">up to date</span>';
}

function percent({ bytes, bytesDone, secondsLeft }: PipelineProgress): string {
  if (bytes === 0) return "";
  const left = secondsLeft === null ? "" : `, ${formatDuration(secondsLeft)} left`;
  return ` ${Math.floor((100 * bytesDone) / bytes)} %${left}`;
}

function ledgerCells(ledger: PipelineLedger | null, at: string): string[] {
  if (ledger === null) return Array<string>(7).fill("–");
  const { pending, pendingBytes } = ledger;
  return [
    `${formatCount(ledger.current)} of ${formatCount(ledger.objects)}`,
    pending === 0 ? "0" : `${formatCount(pending)} (${formatBytes(pendingBytes)})`,
    formatCount(ledger.failedLoads),
    formatCount(ledger.quarantinedLoads),
    escape(ledger.newestDate ?? "–"),
    ago(ledger.lastLoadAt, at),
    ago(ledger.passFinishedAt, at),
  ];
}

function renderRunning({ pipelines, loads, at }: Status): string {
  const here = pipelines.flatMap(({ progress }) => progress?.running ?? []);
  const rows = loads
    .filter((load) => load.status === "running")
    .map((load) => {
      const progress = here.find((candidate) => candidate.load === load.load);
      const done =
        progress === undefined
          ? `on ${escape(load.host)}, process ${load.pid}${load.alive ? "" : ", which is gone"}`
          : `${formatBytes(progress.bytesRead)} of ${formatBytes(progress.bytes)}, ${formatCount(progress.rows)} rows`;
      return [`${load.load}`, escape(load.pipeline), escape(load.name), ago(load.startedAt, at), done];
    });
  const rates = pipelines.flatMap(({ pipeline, progress }) =>
    progress?.phase === "loading" ? [`${escape(pipeline)}: ${formatRate(progress.rowsPerSecond)}`] : [],
  );
  if (rows.length === 0) return "";
  const rate = rates.length === 0 ? "" : `\n<p>${rates.join(", ")}</p>`;
  return table("Running loads", ["Load", "Pipeline", "What", "Began", "Progress"], rows) + rate;
}

function renderRefused(loads: readonly LoadStatus[], at: string): string {
  return table(
    "Failed and quarantined loads",
    ["Load", "Pipeline", "What", "State", "When", "Next try", "Where", "Why"],
    loads.map((load) => [
      `${load.load}`,
      escape(load.pipeline),
      escape(load.name),
      `<span class="bad">${load.status}</span>`,
      ago(load.finishedAt, at),
      nextTry(load),
      escape(load.place ?? "–"),
      escape(`${load.error ?? ""}${load.errorCode === null ? "" : ` [${load.errorCode}]`}`),
    ]),
  );
}

/** Nothing by itself, for a quarantined load and for one that has failed for good. */
function nextTry({ retryAt, attempts }: LoadStatus): string {
  const tried = attempts === null || attempts < 2 ? "" : `, tried ${attempts} times`;
  return `${retryAt === null ? "none by itself" : moment(retryAt)}${tried}`;
}

function renderMarts(marts: readonly MartStatus[], at: string): string {
  return table(
    "Marts",
    ["Mart", "Rows", "Rebuilt", "State"],
    marts.map((mart) => [
      escape(mart.mart),
      mart.rows === null ? "–" : formatCount(mart.rows),
      ago(mart.rebuiltAt, at),
      martState(mart, at),
    ]),
  );
}

function martState({ error, staleSince }: MartStatus, at: string): string {
  if (error !== null) return `<span class="bad">not rebuilt: ${escape(error)}</span>`;
  return staleSince === null ? "up to date" : `stale for ${formatDuration(between(staleSince, at))}`;
}

function ago(time: string | null, at: string): string {
  if (time === null) return "–";
  return `<time datetime="${escape(time)}">${formatDuration(between(time, at))} ago</time>`;
}

/** Seconds; clocks of two machines may disagree, so never below zero. */
function between(earlier: string, later: string): number {
  return Math.max(0, (Date.parse(later) - Date.parse(earlier)) / 1000);
}

function moment(time: string): string {
  return `<time datetime="${escape(time)}">${escape(time.slice(0, 16).replace("T", " "))} UTC</time>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
