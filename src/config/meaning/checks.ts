/** Whether checks ask for what there is. */
import { type Complaint, quote, suggest } from "../problem.ts";
import { isRawMap, rawAt, rawEntries, rawItems } from "../raw.ts";

const MEASURED = ["value", "quality_flag", "date", "time", "observ_time", "sensor", "averaging"];

/** Required fields that there are not, expectations of one name, and those that do not ask the staged rows. */
export function checkComplaints(document: unknown): Complaint[] {
  const complaints: Complaint[] = [];
  // What only measurements have is a field of the rows too.
  const measured = rawItems(rawAt(document, ["measurements"])).flatMap((entry) =>
    isRawMap(entry) ? Object.keys(entry).filter((key) => MEASURED.includes(key)) : ["value"],
  );
  const own = rawEntries(rawAt(document, ["fields"])).map(([name]) => name);
  const fields = [...new Set([...own, ...measured])];
  for (const [index, name] of rawItems(rawAt(document, ["checks", "required"])).entries()) {
    if (typeof name === "string" && !fields.includes(name)) {
      const message = `no field ${quote(name)} in fields${suggest(name, fields)}`;
      complaints.push({ path: ["checks", "required", index], message });
    }
  }
  const names = new Set<unknown>();
  for (const [index, expectation] of rawItems(rawAt(document, ["checks", "expectations"])).entries()) {
    const path = ["checks", "expectations", index];
    const name = rawAt(expectation, ["name"]);
    const sql = rawAt(expectation, ["sql"]);
    if (typeof name === "string" && names.has(name))
      complaints.push({ path: [...path, "name"], message: `${quote(name)} is given twice` });
    names.add(name);
    if (typeof sql === "string" && !sql.includes("{rows}")) {
      complaints.push({
        path: [...path, "sql"],
        message: "the query must ask the staged rows: select … from {rows}",
      });
    }
  }
  return complaints;
}
