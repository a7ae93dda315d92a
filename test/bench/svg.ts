/** Charts as SVG, without any library: lines over two logarithmic axes, in panels. */

export interface Series {
  readonly name: string;
  /** Both greater than 0. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const WIDTH = 380;
const HEIGHT = 300;
const LEFT = 56;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 62;
const COLOURS = ["#1b6ca8", "#c8553d", "#4b7f52", "#7a4ea3"];

/** Panels beside each other. */
const COLUMNS = 3;

/** The panels, row by row, as a standalone SVG document. */
export function chart(panels: readonly Panel[]): string {
  const width = WIDTH * Math.min(COLUMNS, panels.length);
  const height = HEIGHT * Math.ceil(panels.length / COLUMNS);
  const drawn = panels.map((panel, index) => {
    const [left, top] = [WIDTH * (index % COLUMNS), HEIGHT * Math.floor(index / COLUMNS)];
    return `<g transform="translate(${left} ${top})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      'font-family="sans-serif" font-size="11" fill="#222">',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, x, y, series }: Panel): string {
  const points = series.flatMap((line) => line.points);
  const horizontal = logScale(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const vertical = logScale(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...horizontal.decades.map((value) =>
      gridLine(horizontal.at(value), TOP, horizontal.at(value), HEIGHT - BOTTOM),
    ),
    ...vertical.decades.map((value) => gridLine(LEFT, vertical.at(value), WIDTH - RIGHT, vertical.at(value))),
    ...horizontal.decades.map((value) =>
      label(horizontal.at(value), HEIGHT - BOTTOM + 14, short(value), "middle"),
    ),
    ...vertical.decades.map((value) => label(LEFT - 5, vertical.at(value) + 4, short(value), "end")),
  ];
  const lines = series.map(({ points: line }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "#000";
    const places = line.map(([a, b]) => [horizontal.at(a), vertical.at(b)] as const);
    const dots = places.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="2.5" fill="${colour}"/>`);
    const path = places.map(([a, b]) => `${a},${b}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join("")}`;
  });
  const legend = series.map(({ name }, index) => {
    const left = LEFT + index * ((WIDTH - LEFT - RIGHT) / Math.max(1, series.length));
    const colour = COLOURS[index % COLOURS.length] ?? "#000";
    return `<rect x="${left}" y="${HEIGHT - 18}" width="9" height="9" fill="${colour}"/>${label(left + 13, HEIGHT - 10, name, "start")}`;
  });
  return [
    `<text x="${LEFT}" y="16" font-size="13" font-weight="bold">${escape(title)}</text>`,
    label(LEFT, 29, y, "start"),
    label(WIDTH - RIGHT, HEIGHT - BOTTOM + 28, x, "end"),
    ...grid,
    ...lines,
    ...legend,
  ].join("");
}

interface Scale {
  /** The place of a value on the page. */
  readonly at: (value: number) => number;
  /** The powers of ten that the axis shows. */
  readonly decades: readonly number[];
}

/** From the power of ten at or below the least value to the one at or above the greatest. */
function logScale(values: readonly number[], from: number, to: number): Scale {
  const logarithms = values.map((value) => Math.log10(value));
  const low = Math.floor(Math.min(...logarithms));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logarithms)));
  return {
    at: (value) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from)),
    decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
}

function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;
}

function label(x: number, y: number, text: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escape(text)}</text>`;
}

/** `0.01`, `100`, `10 k`, `1 M`. */
function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  if (value >= 1e3) return `${value / 1e3} k`;
  return String(Number(value.toPrecision(1)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
