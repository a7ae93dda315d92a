/** By what columns are told apart: their names, and the kinds of their texts. */
import { type Column, lastName, words } from "./column.ts";
import { nearlyAll } from "./misfits.ts";

/** Names, in small letters with _ between their words, most telling first. */
export const NAMES = {
  station: [
    /^(?:station|site|location|stn|stations|locationid|stationid)_?(?:id|code|no|nr|nummer|number|num)s?$/,
    /^num_poste$|^(?:wmo|usaf|icao|ghcn)_?(?:id|code|number)?$/,
    /^(?:station|site|stn|location|standort|messstelle|estacion)$/,
    /(?:^|_)(?:station|site|monitor)(?:_|$)/,
    /^(?:sensor|device|node|loc)_?(?:id|code)?$/,
    /^sta_?id$|^indicativo$/,
    /^(?:id|code)$/,
  ],
  latitude: [/^lat(?:itude)?$|_lat(?:itude)?$|^geogr?_?breite$|^breite$|^latitud$/],
  longitude: [
    /^(?:lon|lng|long)(?:gitude|itude)?$|_(?:lon|lng|longitude)$|^geogr?_?laenge$|^laenge$|^longitud$/,
  ],
  elevation: [/^elev\w*$|^alt(?:itude?|i)?$|height|hoehe/],
  name: [/name|^(?:location|city|label|title|ort|bezeichnung)$/],
  country: [/^country(?:_?(?:id|code|iso\w*))?$|^iso_?2$/],
  element: [
    /^(?:parameter|element|pollutant|variable|component|species|datatype|measurand|kpi|quantity|indicator|analyte|type|sensor_type)(?:_?(?:name|id|code))?$/,
  ],
  value: [
    /^(?:value|data_value|val|measurement|result|concentration|reading|obs_value|wert|messwert|valeur|valor|arithmetic_mean)$/,
    /^(?:mean|avg|average)$/,
  ],
  unit: [/^units?(?:_of_measure\w*)?$|^uom$|_units?$|^einheit$/],
  sensor: [/^sensors?_?(?:id|number|nr)$/],
  quality: [/qual|flag|(?:^|_)qc|valid|^qn?_?\d?$|_q$|^q_|status|_attributes$/],
  /** Numbers that measure nothing. */
  counts: [
    /(?:^|_)(?:id|code|nr|num|number|count|year|month|day|hour|minute|version|index|rank|poc|observations?|aqi)$|_no$|^dur|^ratio|percent$/,
    /^(?:sta|sou)_?id$|^row$|^generation_?time|^utc_offset|(?:^|_)doy$/,
  ],
} as const;

/** Whether the column's own name fits one of the patterns. */
export function fits(patterns: readonly RegExp[], column: Column): boolean {
  return column.isNamed && patterns.some((pattern) => pattern.test(words(lastName(column.title))));
}

/** Numbers, apart from words that stand for none. */
export function isNumeric(column: Column): boolean {
  return column.numbers !== undefined;
}

/** Neither numbers nor dates. */
export function isText(column: Column): boolean {
  return column.texts.length > 0 && column.numbers === undefined && column.moments === undefined;
}

/** Words with blanks between them. */
export function isName(column: Column): boolean {
  return isText(column) && column.texts.some((text) => /\p{L} \p{L}/u.test(text));
}

/** A short code that occurs again and again. */
export function isElement(column: Column): boolean {
  const isShort = nearlyAll(column.texts, (text) => /^[A-Za-z][A-Za-z_.]{0,11}\d{0,2}(?:\.\d)?$/.test(text));
  return (
    isText(column) &&
    isShort &&
    column.distinct.size <= 200 &&
    column.distinct.size * 2 <= column.texts.length
  );
}

/** Neither a measurement with decimals nor empty. */
export function isId(column: Column): boolean {
  if (column.texts.length === 0 || column.moments?.hasTime === true) return false;
  if (column.numbers === undefined) return true;
  const isWritten = (text: string): boolean => /^\+?\d+$/.test(text);
  // Where only the cells tell what they are, all of them must; a name may speak for a few that are not.
  return column.isNamed ? nearlyAll(column.texts, isWritten) : column.texts.every(isWritten);
}

/** Numbers of at most this size, as of degrees. */
export function within(most: number): (column: Column) => boolean {
  return ({ numbers }) =>
    numbers !== undefined &&
    numbers.values.length > 0 &&
    nearlyAll(numbers.values, (value) => Math.abs(value) <= most);
}

/** Numbers that may be measured values, by the column's name. */
export function measures(column: Column): boolean {
  // Columns of sentinels alone hold values elsewhere.
  if (column.numbers === undefined || fits(NAMES.counts, column)) return false;
  return !/^\s*(?:#|№|n[°º])\s*$|(?:^|\.)coordinates(?:\.|\[|$)/i.test(column.name);
}
