/** Units by their spellings, and how one becomes another: exactly, or not at all. */
import { difference, exactNumber, type Fraction, parseFraction, product, quotient } from "./fraction.ts";
import { GASES, type Gas } from "./gas-table.ts";
import type { Conversion, Kpi } from "./kpis.ts";
import { nearest, quote, suggest } from "./problem.ts";
import { UNITS, type Unit, type UnitGroup } from "./unit-table.ts";

/** (value + add) × factor is in the first unit of the group. */
interface Scale {
  readonly group: UnitGroup;
  readonly name: string;
  readonly add: Fraction;
  readonly factor: Fraction;
}

const NO_CHANGE: Conversion = { add: 0, multiply: 1, divide: 1 };

function exactly(text: string): Fraction {
  const number = parseFraction(text);
  if (number === undefined) throw new Error(`the table of units holds ${text}`);
  return number;
}

/**
 * One text for spellings that differ only in how signs are typed: µ or μ, m³, m3, m^3 or m**3, blanks, and
 * `kg m-2` or `kg·m⁻²` for kg/m².
 */
function plain(text: string): string {
  return text
    .replaceAll("\u00ba", "°")
    .normalize("NFKC")
    .replaceAll("\u2212", "-")
    .replaceAll(/\^|\*\*/g, "")
    .replaceAll(/[\s·._]*-(?=\d)/g, "-")
    .replaceAll(/(?<=[A-Za-z%])\.(?=[A-Za-z]+-[1-9])/g, " ")
    .replaceAll(/^(μg|ug|mg|ng)m-3$/gi, "$1/m3")
    .replaceAll(/[\s·]+([A-Za-z]+)-([1-9])/g, (_all, symbol: string, power: string) =>
      power === "1" ? `/${symbol}` : `/${symbol}${power}`,
    )
    .replaceAll(/\.(?=\s|$)/g, "")
    .replaceAll(/\s*\/\s*/g, "/")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** A micro sign is often typed as u. */
const typed = (spelling: string): string[] =>
  spelling.startsWith("\u03bc") ? [spelling, `u${spelling.slice(1)}`] : [spelling];

const lowered = (text: string): string => text.toLowerCase();

/** By plain spelling; those that are recognised in any case once more, in small letters. */
function index() {
  const exact = new Map<string, Scale>();
  const anyCase = new Map<string, Scale>();
  for (const group of UNITS) {
    for (const unit of group.units) {
      const scale = scaleOf(group, unit);
      for (const spelling of [unit.name, ...unit.spellings].map(plain).flatMap(typed)) {
        exact.set(spelling, scale);
        if (spelling === lowered(spelling)) anyCase.set(spelling, scale);
      }
    }
  }
  return { exact, anyCase };
}

function scaleOf(group: UnitGroup, { name, factor, add = "0" }: Unit): Scale {
  return { group, name, add: exactly(add), factor: exactly(factor) };
}

const SPELLINGS = index();

const LEADING_NUMBER = /^(\d[\d.]*(?:\/\d[\d.]*)?) ?(.*)$/s;
const LEADING_WORD = /^(tenth|hundredth|thousandth)s? (?:of )?(?:an? )?(.+)$/is;
const WORDS: Readonly<Record<string, string>> = { tenth: "0.1", hundredth: "0.01", thousandth: "0.001" };

/** No unit has a longer name. */
const LONGEST = 64;

/** The unit that a text names, with or without a number before it. */
function find(text: string): Scale | undefined {
  if (text.length > LONGEST) return undefined;
  const spelling = plain(text);
  const known = SPELLINGS.exact.get(spelling) ?? SPELLINGS.anyCase.get(lowered(spelling));
  if (known !== undefined) return known;
  const [, number = "", rest = ""] = LEADING_NUMBER.exec(spelling) ?? [];
  const [, word = "", of = ""] = LEADING_WORD.exec(spelling) ?? [];
  const scale = parseFraction(WORDS[lowered(word)] ?? number);
  if (scale === undefined || scale.numerator === 0n) return undefined;
  const unit = find((word === "" ? rest : of) || "1");
  // (value × scale + add) × factor = (value + add ÷ scale) × (scale × factor)
  return unit && { ...unit, add: quotient(unit.add, scale), factor: product(unit.factor, scale) };
}

function gasNamed(name: string): Gas | undefined {
  return GASES.find((gas) => gas.name === name.toUpperCase() || gas.called === lowered(name));
}

/** Both ends in one group: a volume fraction (or a mass) of a gas as the mass (or fraction) that it is. */
function bridge(from: Scale, to: Scale, gas: Gas | undefined): Scale | undefined {
  if (from.group === to.group) return from;
  if (gas === undefined) return undefined;
  const [perPpb, ppb, mass] = [exactly(gas.factor), find("ppb"), find("µg/m³")];
  if (ppb === undefined || mass === undefined) return undefined;
  if (from.group === ppb.group && to.group === mass.group) {
    return { ...from, group: to.group, factor: quotient(product(from.factor, perPpb), ppb.factor) };
  }
  if (from.group === mass.group && to.group === ppb.group) {
    return { ...from, group: to.group, factor: quotient(product(from.factor, ppb.factor), perPpb) };
  }
  return undefined;
}

/**
 * How values in one unit become values in another; undefined when the table knows no exact way. Equal texts, and
 * spellings of one unit, leave the value as it is, also where the table does not know them.
 *
 * @param gas where a volume fraction becomes a mass per volume, or the reverse; see GASES
 * @returns numbers of at most 15 digits
 */
export function conversion(from: string, to: string, gas?: string): Conversion | undefined {
  if (plain(from) === plain(to)) return NO_CHANGE;
  const [origin, target] = [find(from), find(to)];
  if (origin === undefined || target === undefined) return undefined;
  const source = bridge(origin, target, gas === undefined ? undefined : gasNamed(gas));
  if (source === undefined) return undefined;
  // (value + a) × f ÷ g − b = (value + a − b × g ÷ f) × f ÷ g
  const factor = quotient(source.factor, target.factor);
  const add = exactNumber(difference(source.add, quotient(target.add, factor)));
  const whole = exactNumber(factor);
  if (add === undefined) return undefined;
  if (whole !== undefined) return { add, multiply: whole, divide: 1 };
  const multiply = exactNumber({ numerator: factor.numerator, denominator: 1n });
  const divide = exactNumber({ numerator: factor.denominator, denominator: 1n });
  return multiply === undefined || divide === undefined ? undefined : { add, multiply, divide };
}

/** Whether two texts are spellings of one unit, as µg/m³ and ug/m3. */
export function isSameUnit(one: string, other: string): boolean {
  const way = conversion(one, other);
  return way?.add === 0 && way.multiply === 1 && way.divide === 1;
}

/** How a listed element becomes its KPI: by the factor of its file, else by the unit table. */
export function conversionOf(kpi: Kpi): Conversion | undefined {
  return kpi.factor === undefined
    ? conversion(kpi.in, kpi.unit, kpi.gas)
    : { add: 0, multiply: kpi.factor, divide: 1 };
}

/** Why there is no conversion, and which units would do. */
export function explainNoConversion(from: string, to: string, gas?: string): string {
  const [origin, target] = [find(from), find(to)];
  const known = UNITS.flatMap(({ units }) => units.map(({ name }) => name));
  const escape = "or give `factor`: harmonised = value × factor";
  if (target === undefined) return `the unit table has no ${quote(to)}${suggest(to, known)}, ${escape}`;
  const fitting = target.group.units.flatMap(({ name }) =>
    conversion(name, to) === undefined ? [] : [name],
  );
  if (origin === undefined) {
    const near = nearest(from, known);
    const meant = near === undefined ? "" : ` (perhaps ${near})`;
    return `the unit table has no ${quote(from)}${meant}; ${to} can be made of ${fitting.join(", ")}; ${escape}`;
  }
  const [one, other] = [find("ppb")?.group, find("µg/m³")?.group];
  const groups = [origin.group, target.group];
  if (groups.includes(one ?? origin.group) && groups.includes(other ?? origin.group) && one !== other) {
    const names = GASES.map(({ name }) => name);
    if (gas === undefined) {
      return `${quote(from)} becomes ${quote(to)} only for a gas: say which by \`gas\` (${names.join(", ")}), ${escape}`;
    }
    return `the table has no gas ${quote(gas)}${suggest(gas, names)}, ${escape}`;
  }
  return `no way from ${quote(from)} to ${quote(to)}; ${to} can be made of ${fitting.join(", ")}; ${escape}`;
}
