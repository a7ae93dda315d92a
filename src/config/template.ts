/** The text of a key template, as far as the rest of a pipeline file refers to it: which variables it has. */

export interface TemplateText {
  /** Variables by name, and the date formats in which they stand; none for plain texts. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly string[];
}

/** A variable, an optional part, or a bracket without its partner. */
const PIECES = /\{([^{}]*)\}|\[([^[\]]*)\]|[{}[\]]/g;
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
/** Unicode's date patterns (UTS 35), or seconds since 1970. */
const DATE_FORMAT = /^(?:unix|(?:(?:yyyy|MM|dd|HH)[-_.:T]?)+)$/;

/** Reads a template; its own finer rules (what is ambiguous) are checked where it is compiled. */
export function readTemplate(text: string): TemplateText {
  const variables = new Map<string, string[]>();
  const problems: string[] = [];
  for (const [piece, variable, optional] of text.matchAll(PIECES)) {
    if (variable !== undefined) {
      const [name = "", ...rest] = variable.split(":");
      const format = variable.includes(":") ? rest.join(":") : undefined;
      if (!NAME.test(name))
        problems.push(`${piece}: a variable's name is a letter followed by letters, digits and underscores`);
      else if (format !== undefined && !DATE_FORMAT.test(format)) {
        problems.push(
          `${piece}: a date format is made of yyyy, MM, dd, HH and - _ . : T between them, or is unix`,
        );
      } else variables.set(name, [...(variables.get(name) ?? []), ...(format === undefined ? [] : [format])]);
    } else if (optional === undefined) problems.push(`"${piece}" stands alone`);
    else if (optional === "" || /[{}/]/.test(optional)) {
      problems.push(`${piece}: an optional part is plain text between two slashes`);
    }
  }
  return { variables, problems };
}
